import { lookup as systemLookUp } from 'node:dns/promises'
import { Refusal } from '../errors.ts'

export interface ResolvedAddress {
  address: string
  family: number
}

/** Answers a name with all its addresses; rejects with Node's DNS codes. */
export type LookUp = (hostname: string) => Promise<ResolvedAddress[]>

/** Codes that mean: there is no such name. Everything else may pass (SERVFAIL is EAI_AGAIN here). */
const LASTING = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'ERR_INVALID_ARG_VALUE'])

/**
 * Looks names up within a time limit. Callers that ask for the same name at the same time share one look-up, so a
 * silent resolver holds one of the system's few threads a name, not one a connection.
 * @throws (the function it returns) Refusal `page.dns` (lasting), `page.network` or `page.timeout` (passing)
 */
export function createLookUp({ lookUpMs, lookup }: { lookUpMs: number; lookup?: LookUp }): LookUp {
  const ask = lookup ?? ((hostname: string) => systemLookUp(hostname, { all: true, order: 'verbatim' }))
  const underway = new Map<string, Promise<ResolvedAddress[]>>()

  const share = (hostname: string): Promise<ResolvedAddress[]> => {
    const known = underway.get(hostname)
    if (known) return known
    const answer = Promise.resolve()
      .then(() => ask(hostname))
      .finally(() => underway.delete(hostname))
    underway.set(hostname, answer)
    return answer
  }

  return async (hostname) => {
    const addresses = await within(share(hostname), lookUpMs, hostname).catch((error) => {
      throw refusalOf(error, hostname)
    })
    if (addresses.length === 0) throw new Refusal('page.dns', { host: hostname })
    return addresses
  }
}

async function within<T>(answer: Promise<T>, ms: number, hostname: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('page.timeout', { host: hostname, seconds: ms / 1_000 })), ms)
  })
  try {
    return await Promise.race([answer, limit])
  } finally {
    clearTimeout(timer)
  }
}

function refusalOf(error: unknown, host: string): unknown {
  if (error instanceof Refusal) return error
  const code = String((error as { code?: unknown }).code ?? error)
  if (LASTING.has(code)) return new Refusal('page.dns', { host }, { cause: error })
  return new Refusal('page.network', { host, cause: code, proxyHint: false }, { cause: error })
}

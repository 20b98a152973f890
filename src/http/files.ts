import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import { type Locale, wishedLocale } from '../messages/locale.ts'
import { say } from '../messages/say.ts'
import { contentDisposition } from '../results/content-disposition.ts'
import type { LinkKeys } from '../results/link-keys.ts'
import { LINK_PATH, readLink } from '../results/links.ts'
import type { OpenResult, Results } from '../results/results.ts'
import type { Emit } from '../telemetry/events.ts'
import type { UserStore } from '../users/store.ts'
import type { Mount } from './app.ts'

export interface FilesParts {
  results: Pick<Results, 'open'>
  users: Pick<UserStore, 'user'>
  keys: LinkKeys
  clock: Clock
  emit: Emit
  /** Where a browser tells no language that we speak. */
  locale: Locale
}

/**
 * `/files/…`: a result file for whoever holds a signed link. Forged, old, of a job that is gone or of a user who may no
 * longer use the service: all 404, so that a link tells nothing. 503 and a sentence while storage cannot give it.
 */
export const mountFiles =
  (parts: FilesParts): Mount =>
  (http) => {
    http.on(['GET', 'HEAD'], `${LINK_PATH}*`, async (c) => {
      // as it was asked for, byte by byte: the router's path is decoded
      const file = await fileOf(parts, c.env.incoming.url ?? '')
      if (file === 'later') {
        const locale = wishedLocale(c.req.header('accept-language')) ?? parts.locale
        return c.text(say(locale, 'file.later'), 503, { 'cache-control': 'private, no-store' })
      }
      if (!file) return c.notFound()
      const range = rangeOf(c.req.header('range'), file.bytes)
      const headers = headersOf(file)
      if (range === 'unsatisfiable')
        return c.body(null, 416, { ...headers, 'content-range': `bytes */${file.bytes}`, 'content-length': '0' })
      const { from, to } = range ?? { from: 0, to: file.bytes - 1 }
      const answer = {
        ...headers,
        'content-length': String(to - from + 1),
        ...(range ? { 'content-range': `bytes ${from}-${to}/${file.bytes}` } : {}),
      }
      const status = range ? 206 : 200
      if (c.req.method === 'HEAD') return c.body(null, status, answer)
      return c.body(await streamOf(file.path, from, to), status, answer)
    })
  }

/** @returns undefined where the link opens nothing; `later` while storage is busy, full or away */
async function fileOf(parts: FilesParts, link: string): Promise<OpenResult | 'later' | undefined> {
  const { results, users, keys, clock, emit } = parts
  const claim = readLink(keys.all(), link, clock.now())
  if (!claim) return undefined
  try {
    const user = await users.user(claim.userId)
    if (!user || user.blockedAt !== null) return undefined
    return await results.open(user.id, claim.jobId, claim.format)
  } catch (error) {
    if (!(error instanceof Refusal && error.code.startsWith('store.'))) throw error
    emit('store.retry', { cause: error.code, attempts: 1 })
    return 'later'
  }
}

const headersOf = (file: OpenResult): Record<string, string> => ({
  'content-type': file.contentType,
  'content-disposition': contentDisposition(file.name),
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'; sandbox",
})

/**
 * One range of bytes (RFC 9110 §14), both ends included; undefined for the whole file: no range, several, or one that
 * cannot be read, which the standard lets a server pass over.
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(size, Number(last))
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size - 1 }
  }
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(size - 1, Number(last))
  if (last !== '' && Number(last) < from) return undefined
  return from >= size ? 'unsatisfiable' : { from, to }
}

/** Opened before the answer begins: a file that is gone is an error then, not half an answer. */
async function streamOf(path: string, start: number, end: number): Promise<ReadableStream> {
  const file = await open(path, 'r')
  return Readable.toWeb(createReadStream(path, { fd: file, start, end })) as ReadableStream
}

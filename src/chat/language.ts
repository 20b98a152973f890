import type { Clock } from '../clock.ts'
import type { Locale } from '../messages/locale.ts'
import { LOCALE_CALL_MS, LOCALE_KEEP_MS } from './limits.ts'
import type { Platform } from './platform.ts'
import type { Addressee } from './store.ts'

/** In which language a job's owner is spoken to: their choice, else their platform's, else the program's. */
export type Language = (view: { owner: Addressee }) => Promise<Locale>

/** Asks the platform at most every ten minutes for a person; an answer that does not come is no reason to wait. */
export function createLanguage(parts: { platforms: Platform[]; clock: Clock; locale: Locale }): Language {
  const known = new Map<string, { locale: Locale | undefined; until: number }>()
  const names = new Map(parts.platforms.map((platform) => [platform.name, platform]))

  async function ask(view: { owner: Addressee }): Promise<Locale | undefined> {
    const { account } = view.owner
    const key = `${account.platform} ${account.workspace} ${account.externalId}`
    const kept = known.get(key)
    if (kept && kept.until > parts.clock.monotonic()) return kept.locale
    const answer = names.get(account.platform)?.locale(account.externalId, account.workspace)
    const locale = await firstOf(parts.clock, answer)
    known.delete(key)
    known.set(key, { locale, until: parts.clock.monotonic() + LOCALE_KEEP_MS })
    if (known.size > 1_000) known.delete(known.keys().next().value!)
    return locale
  }

  return async (view) => view.owner.locale ?? (await ask(view)) ?? parts.locale
}

async function firstOf(clock: Clock, answer: Promise<Locale | undefined> | undefined): Promise<Locale | undefined> {
  if (!answer) return undefined
  const ended = new AbortController()
  const limit = clock.sleep(LOCALE_CALL_MS, ended.signal).then(
    () => undefined,
    () => undefined,
  )
  try {
    return await Promise.race([answer.catch(() => undefined), limit])
  } finally {
    ended.abort()
  }
}

import type { ErrorCode, ErrorFacts, Refusal } from '../errors.ts'
import { en } from './en.ts'
import { DEFAULT_TIME_ZONE, tidy } from './format.ts'
import { ko } from './ko.ts'
import type { Locale } from './locale.ts'
import type { Catalogue, None, SentenceFacts, SentenceKey, Setting } from './sentences.ts'

const CATALOGUES: Record<Locale, Catalogue> = { ko, en }

/** The facts may be left out where a sentence needs none. */
type Rest<K extends SentenceKey> = SentenceFacts[K] extends None
  ? [facts?: SentenceFacts[K]]
  : [facts: SentenceFacts[K]]

/** Says one sentence in one language. Never throws for odd texts in the facts: they are put on one line. */
export type Say = <K extends SentenceKey>(locale: Locale, key: K, ...rest: Rest<K>) => string

/** A shop's name in a language; of a name that is no shop, that. */
export type ShopLabel = (site: string, locale: Locale) => string

/** Makes `say` for a deployment: moments are told in its zone (TIME_ZONE), shops by their labels where it knows them. */
export function createSay(timeZone: string, label: ShopLabel = (site) => site): Say {
  return (locale, key, ...rest) => {
    const sentence = CATALOGUES[locale][key] as (facts: unknown, setting: Setting) => string
    return sentence(tidied(rest[0] ?? {}), { timeZone, shop: (site) => label(site, locale) })
  }
}

/** `say` in the default zone: for sentences that tell no moment. */
export const say: Say = createSay(DEFAULT_TIME_ZONE)

/** The sentence of a refusal. */
export const sayRefusal = (say: Say, locale: Locale, refusal: Refusal): string =>
  sayStored(say, locale, refusal.code, refusal.facts)

/** The sentence of a code and facts that come from a stored row (Job.code, Job.facts). */
export function sayStored(say: Say, locale: Locale, code: ErrorCode, facts: unknown): string {
  return say(locale, code, (facts ?? {}) as ErrorFacts[typeof code])
}

/** Warnings of shops and of the engine that have a sentence of their own. */
const WARNINGS = {
  'price.conditional': 'warning.price_conditional',
  'page.list_failed': 'warning.lists_failed',
  'page.detail_failed': 'warning.details_failed',
  'page.sitemap_failed': 'warning.sitemaps_failed',
  'page.truncated': 'warning.page_truncated',
  'links.hosts': 'warning.hosts',
  'text.garbled': 'warning.garbled',
  'route.fallback': 'warning.route_fallback',
} as const satisfies Record<string, SentenceKey>

/** The sentence of a job's warning (Job.warnings): its own, or the general one with its code. */
export function sayWarning(say: Say, locale: Locale, code: string, count: number): string {
  if (Object.hasOwn(WARNINGS, code)) return say(locale, WARNINGS[code as keyof typeof WARNINGS], { count })
  const field = fallenField(code)
  if (field) return say(locale, 'warning.coverage_fell', { field: say(locale, field), count })
  return say(locale, 'warning.other', { code, count })
}

/** The column that a warning of the drift alarm names, or undefined for any other code. */
function fallenField(code: string): FieldKey | undefined {
  const key = code.replace(/^coverage\./, 'field.')
  return key !== code && Object.hasOwn(ko, key) ? (key as FieldKey) : undefined
}

type FieldKey = Extract<SentenceKey, `field.${string}`>

/** Facts with every text, at any depth, on one line. */
function tidied(facts: unknown): unknown {
  if (typeof facts === 'string') return tidy(facts)
  if (Array.isArray(facts)) return facts.map(tidied)
  if (facts === null || typeof facts !== 'object') return facts
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, tidied(value)]))
}

import { domainToASCII, domainToUnicode } from 'node:url'
import type { Locale } from './locale.ts'

/** The zone for days, file names, quotas and pages unless TIME_ZONE says otherwise. */
export const DEFAULT_TIME_ZONE = 'Asia/Seoul'

/** Longest piece of a person's or a shop's text inside a sentence, in graphemes. */
const QUOTE_MAX = 60
/** Longest address inside a sentence, in characters. */
const ADDRESS_MAX = 160

const TAGS: Record<Locale, string> = { ko: 'ko-KR', en: 'en-US' }

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Makers of Intl objects are slow (tens of microseconds); each is made once. */
const kept = new Map<string, unknown>()
function keep<T>(key: string, make: () => T): T {
  if (!kept.has(key)) kept.set(key, make())
  return kept.get(key) as T
}

/** 1234567 → "1,234,567". At most two digits after the point. */
export const number = (locale: Locale, value: number): string =>
  keep(`number ${locale}`, () => new Intl.NumberFormat(TAGS[locale], { maximumFractionDigits: 2 })).format(value)

/** A share from 0 to 1 as whole percent: 0.345 → "35%". */
export const percent = (locale: Locale, share: number): string =>
  keep(
    `percent ${locale}`,
    () => new Intl.NumberFormat(TAGS[locale], { style: 'percent', maximumFractionDigits: 0 }),
  ).format(share)

/** 1299000, KRW → "₩1,299,000". An unknown currency stands behind the number; null gives the number alone. */
export function money(locale: Locale, amount: number, currency: string | null): string {
  if (currency === null) return number(locale, amount)
  if (!/^[A-Z]{3}$/.test(currency)) return `${number(locale, amount)} ${currency}`
  return keep(
    `money ${locale} ${currency}`,
    () =>
      new Intl.NumberFormat(TAGS[locale], {
        style: 'currency',
        currency,
        trailingZeroDisplay: 'stripIfInteger',
      }),
  ).format(amount)
}

/** Bytes in decimal units: 1234567 → "1.2MB" (ko), "1.2 MB" (en). */
export function bytes(locale: Locale, size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = size < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(size) / 3))
  return keep(
    `bytes ${locale} ${step}`,
    () =>
      new Intl.NumberFormat(TAGS[locale], {
        style: 'unit',
        unit: units[step]!,
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: 1,
      }),
  ).format(size / 1_000 ** step)
}

type DurationUnit = 'second' | 'minute' | 'hour' | 'day'

const unit = (locale: Locale, value: number, name: DurationUnit): string =>
  keep(
    `unit ${locale} ${name}`,
    () => new Intl.NumberFormat(TAGS[locale], { style: 'unit', unit: name, unitDisplay: 'short' }),
  ).format(value)

/** Its two largest units: 125000 → "2분 5초", "2 min 5 sec". Less than a second counts as one. */
export function duration(locale: Locale, ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  const parts: [number, DurationUnit][] =
    seconds < 3_600
      ? [
          [Math.floor(seconds / 60), 'minute'],
          [seconds % 60, 'second'],
        ]
      : seconds < 86_400
        ? [
            [Math.floor(seconds / 3_600), 'hour'],
            [Math.floor((seconds % 3_600) / 60), 'minute'],
          ]
        : [
            [Math.floor(seconds / 86_400), 'day'],
            [Math.floor((seconds % 86_400) / 3_600), 'hour'],
          ]
  return parts
    .filter(([value]) => value > 0)
    .map(([value, name]) => unit(locale, value, name))
    .join(' ')
}

/** How long ago: "방금", "3분 전", "2시간 전", "어제". A time in the future counts as now. */
export function ago(locale: Locale, at: number, now: number): string {
  const ms = Math.max(0, now - at)
  const words = keep(`ago ${locale}`, () => new Intl.RelativeTimeFormat(TAGS[locale], { numeric: 'auto' }))
  if (ms < MINUTE_MS) return locale === 'ko' ? '방금' : 'just now'
  if (ms < HOUR_MS) return words.format(-Math.floor(ms / MINUTE_MS), 'minute')
  if (ms < DAY_MS) return words.format(-Math.floor(ms / HOUR_MS), 'hour')
  return words.format(-Math.floor(ms / DAY_MS), 'day')
}

/** A moment of these days: "11월 24일 15:30", "Nov 24, 15:30". */
export const moment = (locale: Locale, at: number, timeZone: string): string =>
  minutesIn(locale, timeZone, undefined).format(at)

/** A moment with its year: "2026년 11월 24일 15:30", "Nov 24, 2026, 15:30". */
export const dateTime = (locale: Locale, at: number, timeZone: string): string =>
  minutesIn(locale, timeZone, 'numeric').format(at)

const minutesIn = (locale: Locale, timeZone: string, year: 'numeric' | undefined): Intl.DateTimeFormat =>
  keep(
    `minutes ${locale} ${timeZone} ${year}`,
    () =>
      new Intl.DateTimeFormat(TAGS[locale], {
        timeZone,
        year,
        month: locale === 'ko' ? 'long' : 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  )

const digits = (at: number, timeZone: string): Record<string, string> => {
  const format = keep(
    `digits ${timeZone}`,
    () =>
      new Intl.DateTimeFormat('en-CA', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      }),
  )
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]))
}

/** The day in a zone, yyyy-mm-dd. */
export function isoDay(at: number, timeZone: string): string {
  const { year, month, day } = digits(at, timeZone)
  return `${year}-${month}-${day}`
}

/** What a clock in the zone shows, written as ISO 8601 that names no zone but UTC: for formats that know none. */
export function wallClock(at: number, timeZone: string): string {
  const { year, month, day, hour, minute, second } = digits(at, timeZone)
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/**
 * When a clock in the zone shows this: the reverse of `wallClock`, to the minute. Of an hour that comes twice the first.
 * @param text `yyyy-mm-ddThh:mm`, seconds allowed @returns epoch milliseconds; NaN for another form
 */
export function atWallClock(text: string, timeZone: string): number {
  const shown = Date.parse(`${text}Z`)
  if (Number.isNaN(shown)) return shown
  const ahead = (at: number) => Date.parse(wallClock(at, timeZone)) - Math.floor(at / 1_000) * 1_000
  const before = shown - ahead(shown - DAY_MS) // by the clock as it went a day before
  return ahead(before) === ahead(shown - DAY_MS) ? before : shown - ahead(shown + DAY_MS)
}

/** The moment as file names carry it: yyyymmdd-hhmm. */
export function fileStamp(at: number, timeZone: string): string {
  const { year, month, day, hour, minute } = digits(at, timeZone)
  return `${year}${month}${day}-${hour}${minute}`
}

/** Control characters, line separators and direction marks, in runs: what one line of chat must not carry. */
const UNTIDY = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** A text from outside on one line: no control character, line break or direction mark. */
export const tidy = (text: string): string => text.replace(UNTIDY, ' ').trim()

/** Cuts at a grapheme and says so with "…"; never splits an emoji or a composed letter. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const graphemes = keep('graphemes', () => new Intl.Segmenter('ko', { granularity: 'grapheme' }))
  let kept = ''
  let count = 0
  for (const { segment } of graphemes.segment(text.slice(0, max * 16))) {
    if (++count > max) return `${kept.slice(0, -lastLength(kept, graphemes))}…`
    kept += segment
  }
  return kept
}

const lastLength = (text: string, graphemes: Intl.Segmenter): number =>
  [...graphemes.segment(text)].at(-1)?.segment.length ?? 0

/** Words of a person or a shop inside a sentence: ‘…’, cut. */
export const quote = (text: string, max = QUOTE_MAX): string => `‘${cut(text, max)}’`

/** A host; one outside ASCII in both forms, so that a look-alike shows: "xn--hq1b.kr (쇼핑.kr)". */
export function hostName(host: string): string {
  const ascii = domainToASCII(host) || host
  const native = domainToUnicode(ascii) || ascii
  return native === ascii ? ascii : `${ascii} (${native})`
}

/** An address, cut; its host as hostName tells it. A text that is no address stays as it is, cut. */
export function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.host) return cut(text, ADDRESS_MAX)
  const native = domainToUnicode(url.hostname)
  return cut(url.href, ADDRESS_MAX) + (native && native !== url.hostname ? ` (${native})` : '')
}

/** Korean names of digits that end in a consonant: 영 일 삼 육 칠 팔. */
const CLOSED_DIGITS = '013678'
/** Latin letters whose Korean names end in a consonant: 엘 엠 엔 알. */
const CLOSED_LETTERS = 'lmnr'

/** The consonant that ends a word as it is read in Korean: none, ㄹ, or another. */
function ending(word: string): 'open' | 'rieul' | 'closed' {
  const last = [...word.toLowerCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter)).at(-1) ?? ''
  if (/[가-힣]/.test(last)) {
    const final = (last.charCodeAt(0) - 0xac00) % 28
    return final === 0 ? 'open' : final === 8 ? 'rieul' : 'closed'
  }
  if (last === '1' || last === '7' || last === '8' || last === 'l' || last === 'r') return 'rieul'
  return (last !== '' && CLOSED_DIGITS.includes(last)) || (last !== '' && CLOSED_LETTERS.includes(last))
    ? 'closed'
    : 'open'
}

/** The Korean particle that follows a word: '은/는', '이/가', '을/를', '으로/로', '이라는/라는'. */
export function particle(word: string, pair: '은/는' | '이/가' | '을/를' | '으로/로' | '이라는/라는'): string {
  const [closed, open] = pair.split('/') as [string, string]
  const end = ending(word)
  if (pair === '으로/로') return end === 'closed' ? closed : open
  return end === 'open' ? open : closed
}

/** A platform as people write it: `slack` is Slack. */
export const platformName = (platform: string): string => platform.charAt(0).toUpperCase() + platform.slice(1)

/** Longest name of a person within a sentence. */
const PERSON_MAX = 40

/** An account as its person knows it: `Slack · 민지`. */
export const accountName = ({ platform, name }: { platform: string; name: string }): string =>
  `${platformName(platform)} · ${cut(name, PERSON_MAX)}`

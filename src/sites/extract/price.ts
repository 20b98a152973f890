import { currencyOf, markAtEnd, markAtStart, minorDigits } from './currency.ts'

/** An amount in the currency's main unit, never NaN or negative; the ISO 4217 code, or null where nothing tells it. */
export interface Price {
  amount: number
  currency: string | null
}

/** What is known beside the text. */
export interface PriceHint {
  /** A code or mark told apart from the text (`priceCurrency`). */
  currency?: string | null
  /** ISO code of the money used where the page comes from; decides among the meanings of `$`, `kr`, `¥`. */
  local?: string | null
}

/** Longer texts are no prices; the rest of them is not read. */
const MAX_TEXT = 300

/** Above this no shop prices anything; such numbers are ids. (10^13: a billion won is 10^9.) */
const MAX_AMOUNT = 1e13

interface Candidate {
  amount: number
  mark: string | null
  /** Joined to the number before it by a range sign. */
  isRangeEnd: boolean
}

/**
 * Reads a price as people and machines write it: `1,299,000원`, `12만 9,000원`, `1.299,00 €`, `1'299.– CHF`, `R$ 9,90`,
 * full-width and Arabic digits, `19⁹⁹`. Of a range or several marked prices the lowest; numbers that carry a currency
 * are preferred to those that do not; percentages are left out.
 *
 * One separator with exactly three digits behind it (`2.449`, `1,299`) is ambiguous. It groups thousands, since hardly
 * a currency has three decimals; it is the decimal sign where the currency has three (a dot: `KWD 1.250`), where the
 * number begins with 0 (`0.449`), and where more than three digits stand before it (`1299.000`).
 * @returns null when the text holds no price
 */
export function readPrice(value: unknown, hint: PriceHint = {}): Price | null {
  const told = hint.currency ? currencyOf(hint.currency, hint.local) : null
  if (typeof value === 'number') return isAmount(value) ? { amount: value, currency: told } : null
  if (typeof value !== 'string') return null
  const text = toPlainDigits(value.slice(0, MAX_TEXT)).trim()
  if (/^[-−–]\s*\D{0,3}\d/.test(text)) return null
  const candidates = candidatesIn(text, told, hint.local ?? null)
  const marked = candidates.filter((candidate) => candidate.mark !== null)
  const usable = marked.length > 0 ? marked : unmarkedRun(candidates)
  const lowest = usable.reduce<Candidate | null>((low, it) => (low === null || it.amount < low.amount ? it : low), null)
  if (lowest === null) return null
  return { amount: lowest.amount, currency: meaning(lowest.mark, told, hint.local ?? null) }
}

/** Whole percent between an original and a reduced price, rounded; null when nothing is reduced. */
export function discountRateOf(original: number | null, price: number | null): number | null {
  if (original === null || price === null || !(original > price) || price < 0) return null
  return Math.round((1 - price / original) * 100)
}

/** A grade as grade of 5, two decimals. `best` is 5 where the page tells none; above it or below 0 is no grade: null. */
export function ratingOfFive(value: unknown, best: unknown = null): number | null {
  const [grade, of] = typeof value === 'string' && value.includes('/') ? value.split('/', 2) : [value, best]
  const isPercent = typeof grade === 'string' && grade.trimEnd().endsWith('%')
  const number = plainNumber(grade)
  const top = isPercent ? 100 : (plainNumber(of) ?? 5)
  if (number === null || top <= 0 || number > top) return null
  return Math.round((number / top) * 500) / 100
}

/** A count such as `65,942`, `(218)`, `143건`, `1.2만`: a whole number from 0, or null. */
export function readCount(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.trunc(value) : null
  if (typeof value !== 'string') return null
  const found = candidatesIn(toPlainDigits(value.slice(0, MAX_TEXT)), null, null)[0]
  return found ? Math.trunc(found.amount) : null
}

function plainNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null
  if (typeof value !== 'string') return null
  const match = /\d{1,6}(?:[.,]\d{1,6})?/.exec(toPlainDigits(value.slice(0, MAX_TEXT)))
  return match && !value.trimStart().startsWith('-') ? Number(match[0].replace(',', '.')) : null
}

function isAmount(amount: number): boolean {
  return Number.isFinite(amount) && amount >= 0 && amount <= MAX_AMOUNT
}

/** What the mark in the text means; a code told beside it decides where the mark has several meanings. */
function meaning(mark: string | null, told: string | null, local: string | null): string | null {
  return mark === null ? told : currencyOf(mark, told ?? local)
}

/** Without any currency mark the first number counts, with the range that it begins. */
function unmarkedRun(candidates: Candidate[]): Candidate[] {
  const end = candidates.findIndex((candidate, index) => index > 0 && !candidate.isRangeEnd)
  return end === -1 ? candidates : candidates.slice(0, end)
}

/** Digits with their separators; a space or an apostrophe groups only before exactly three digits. */
const NUMBER = /\d+(?:[.,٫٬]\d+|['’`\u0020\u00a0\u2009\u202f]\d{3}(?!\d))*/gu
const RANGE_BETWEEN = /^[^\d]{0,8}(?:~|∼|〜|–|—|-|to|bis|à|a|до|から)[^\d]{0,8}$/iu
const UNIT = /^\s?(억|만|천|億|万|萬|千)/u
const UNIT_VALUES: Readonly<Record<string, number>> = { 억: 1e8, 億: 1e8, 만: 1e4, 万: 1e4, 萬: 1e4, 천: 1e3, 千: 1e3 }

function candidatesIn(text: string, told: string | null, local: string | null): Candidate[] {
  const candidates: Candidate[] = []
  let openUnit: number | null = null
  let previousEnd = 0
  for (const match of text.matchAll(NUMBER)) {
    const before = text.slice(previousEnd, match.index)
    const end = match.index + match[0].length
    const rest = text.slice(end, end + 16)
    const follows = openUnit !== null && before.trim() === ''
    const mark: string | null = markAtEnd(before) ?? markAtStart(rest.replace(/^[\s.,:*–—-]+/u, ''))
    const unit = UNIT.exec(rest)
    const unitValue = unit ? UNIT_VALUES[unit[1]!]! : 1
    const amount = amountOf(match[0], meaning(mark, told, local)) * unitValue
    const isRangeEnd = candidates.length > 0 && RANGE_BETWEEN.test(before)
    previousEnd = end + (unit ? unit[0].length : 0)
    const markAfter = mark ?? (unit ? markAtStart(text.slice(previousEnd, previousEnd + 16)) : null)
    if (/^\s?%/.test(rest) || !isAmount(amount)) continue
    const last = candidates.at(-1)
    if (follows && last && unitValue < openUnit!) {
      last.amount += amount
      last.mark ??= markAfter
    } else candidates.push({ amount, mark: markAfter, isRangeEnd })
    openUnit = unit ? unitValue : null
  }
  return spreadMarks(candidates)
}

/** `5 - 10 €` and `$5 - 10`: both ends of a range carry the mark that one of them has. */
function spreadMarks(candidates: Candidate[]): Candidate[] {
  for (const [index, candidate] of candidates.entries()) {
    const start = candidates[index - 1]
    if (!candidate.isRangeEnd || start === undefined) continue
    start.mark ??= candidate.mark
    candidate.mark ??= start.mark
  }
  return candidates
}

function amountOf(number: string, currency: string | null): number {
  const text = number
    .replace(/['’`\s]/g, '')
    .replaceAll('٫', '.')
    .replaceAll('٬', ',')
  const decimalAt = decimalSign(text, currency)
  const whole = decimalAt === -1 ? text : text.slice(0, decimalAt)
  const fraction = decimalAt === -1 ? '' : text.slice(decimalAt + 1)
  return Number(`${whole.replace(/[.,]/g, '')}.${fraction || '0'}`)
}

/** Where the decimal sign stands, or −1 when every separator groups. See readPrice for the rule. */
function decimalSign(text: string, currency: string | null): number {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  if (last === -1) return -1
  const sign = text[last]!
  const behind = text.length - last - 1
  const first = text.search(/[.,]/)
  if (first !== last) {
    const isOnlySign = text.indexOf(sign) === last
    return isOnlySign || behind !== 3 ? last : -1
  }
  if (behind !== 3) return last
  const isDecimal = last > 3 || text.startsWith('0') || (sign === '.' && minorDigits(currency) === 3)
  return isDecimal ? last : -1
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Full-width, Arabic and raised digits as plain ones; raised digits behind a number are its decimals. */
function toPlainDigits(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll('￥', '¥')
    .replaceAll('￦', '₩')
    .replaceAll('￡', '£')
    .replaceAll('\u3000', ' ')
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(
      /(\d)([⁰¹²³⁴⁵⁶⁷⁸⁹]{2})(?![⁰¹²³⁴⁵⁶⁷⁸⁹])/g,
      (_, digit: string, raised: string) => `${digit}.${lower(raised)}`,
    )
}

function lower(raised: string): string {
  return [...raised].map((digit) => SUPERSCRIPTS.indexOf(digit)).join('')
}

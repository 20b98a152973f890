/**
 * Marks that shops print beside prices, and the ISO 4217 currencies each may mean, the likeliest first. Lower case.
 * Signs and names as in the Unicode CLDR's currency display names, narrow symbols and usual abbreviations.
 */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  '₩': ['KRW'],
  원: ['KRW'],
  won: ['KRW'],
  '€': ['EUR'],
  euro: ['EUR'],
  euros: ['EUR'],
  '£': ['GBP', 'EGP', 'LBP'],
  $: 'USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU DOP BSD BBD BZD JMD TTD NAD FJD CRC'.split(' '),
  us$: ['USD'],
  u$s: ['USD'],
  ca$: ['CAD'],
  c$: ['CAD'],
  cdn$: ['CAD'],
  au$: ['AUD'],
  a$: ['AUD'],
  nz$: ['NZD'],
  s$: ['SGD'],
  sg$: ['SGD'],
  hk$: ['HKD'],
  nt$: ['TWD'],
  mx$: ['MXN'],
  ar$: ['ARS'],
  r$: ['BRL'],
  '¥': ['JPY', 'CNY'],
  円: ['JPY'],
  yen: ['JPY'],
  元: ['CNY', 'TWD', 'HKD'],
  人民币: ['CNY'],
  rmb: ['CNY'],
  'cn¥': ['CNY'],
  'jp¥': ['JPY'],
  zł: ['PLN'],
  zl: ['PLN'],
  kč: ['CZK'],
  ft: ['HUF'],
  lei: ['RON', 'MDL'],
  ron: ['RON'],
  лв: ['BGN'],
  'лв.': ['BGN'],
  '₽': ['RUB'],
  руб: ['RUB', 'BYN'],
  'руб.': ['RUB', 'BYN'],
  'р.': ['RUB', 'BYN'],
  '₴': ['UAH'],
  грн: ['UAH'],
  'грн.': ['UAH'],
  '₸': ['KZT'],
  '₺': ['TRY'],
  tl: ['TRY'],
  '₹': ['INR'],
  rs: ['INR', 'PKR', 'LKR', 'NPR'],
  'rs.': ['INR', 'PKR', 'LKR', 'NPR'],
  '฿': ['THB'],
  บาท: ['THB'],
  '₫': ['VND'],
  đ: ['VND'],
  '₱': ['PHP'],
  '₪': ['ILS'],
  '₦': ['NGN'],
  '৳': ['BDT'],
  rm: ['MYR'],
  rp: ['IDR'],
  'rp.': ['IDR'],
  chf: ['CHF'],
  'fr.': ['CHF'],
  sfr: ['CHF'],
  kr: ['SEK', 'NOK', 'DKK', 'ISK'],
  'kr.': ['DKK', 'SEK', 'NOK', 'ISK'],
  r: ['ZAR'],
  's/': ['PEN'],
  's/.': ['PEN'],
  'ر.س': ['SAR'],
  'ر.س.': ['SAR'],
  'د.إ': ['AED'],
  'د.إ.': ['AED'],
  'د.ك': ['KWD'],
  'ج.م': ['EGP'],
}

/** Codes that people also write small in a sentence without meaning a word. */
const SMALL_CODES = new Set('eur usd gbp krw chf pln jpy cny sek nok dkk czk huf aud cad brl inr rub uah'.split(' '))

/** Country endings of host names and the money that is used there, for marks that mean several currencies. */
const MONEY_OF_ENDING: Readonly<Record<string, string>> = {
  kr: 'KRW',
  jp: 'JPY',
  cn: 'CNY',
  tw: 'TWD',
  hk: 'HKD',
  sg: 'SGD',
  au: 'AUD',
  nz: 'NZD',
  ca: 'CAD',
  mx: 'MXN',
  ar: 'ARS',
  cl: 'CLP',
  co: 'COP',
  uy: 'UYU',
  br: 'BRL',
  se: 'SEK',
  no: 'NOK',
  dk: 'DKK',
  is: 'ISK',
  uk: 'GBP',
  by: 'BYN',
  md: 'MDL',
  pk: 'PKR',
  lk: 'LKR',
  np: 'NPR',
  eg: 'EGP',
}

/** Marks by one of their characters, the longest first, so that `US$` is not read as `$`. */
function marksBy(character: (mark: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const mark of Object.keys(MARKS).sort((a, b) => b.length - a.length)) {
    const key = character(mark)
    groups.set(key, [...(groups.get(key) ?? []), mark])
  }
  return groups
}

const MARKS_BY_END = marksBy((mark) => mark.slice(-1))
const MARKS_BY_START = marksBy((mark) => mark.slice(0, 1))
const LONGEST_MARK = 6
const LETTER = /\p{L}/u

const codes = new Set(Intl.supportedValuesOf('currency'))

/** Currencies that a mark or a code may mean, the likeliest first; empty when it is none. Any case. */
export function currenciesOf(mark: string): readonly string[] {
  const text = mark.trim()
  const upper = text.toUpperCase()
  if (codes.has(upper)) return [upper]
  const small = text.toLowerCase().replace(/[\u200e\u200f]/g, '')
  return Object.hasOwn(MARKS, small) ? MARKS[small]! : []
}

/**
 * The ISO 4217 code that a mark or a code means, or null.
 * @param local the code of the money used where the page comes from; it decides among several meanings (`$`, `kr`, `¥`)
 */
export function currencyOf(mark: string, local: string | null = null): string | null {
  const meanings = currenciesOf(mark)
  return local !== null && meanings.includes(local) ? local : (meanings[0] ?? null)
}

/** The money used in the country of a host name's ending (`shop.example.com.au` → AUD), or null. */
export function localCurrency(host: string): string | null {
  const ending = host.slice(host.lastIndexOf('.') + 1).toLowerCase()
  return Object.hasOwn(MONEY_OF_ENDING, ending) ? MONEY_OF_ENDING[ending]! : null
}

/** Digits after the decimal sign that a currency has in ISO 4217: 0 for KRW, 3 for KWD, 2 when unknown. */
export function minorDigits(currency: string | null): number {
  if (currency === null || !codes.has(currency)) return 2
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** The mark that a text ends with (`from US$` → `US$`), or null. Looks at its last few characters only. */
export function markAtEnd(text: string): string | null {
  const end = text.slice(-2 * LONGEST_MARK).trimEnd()
  if (end === '') return null
  for (const mark of MARKS_BY_END.get(end.slice(-1).toLowerCase()) ?? []) {
    const start = end.length - mark.length
    if (start >= 0 && end.slice(start).toLowerCase() === mark && isApart(mark, end[start - 1])) return end.slice(start)
  }
  return codeIn(end.slice(-3), end[end.length - 4])
}

/** The mark that a text begins with (`원 할인` → `원`), or null. Looks at its first few characters only. */
export function markAtStart(text: string): string | null {
  const start = text.slice(0, 2 * LONGEST_MARK).trimStart()
  if (start === '') return null
  for (const mark of MARKS_BY_START.get(start.slice(0, 1).toLowerCase()) ?? []) {
    if (start.slice(0, mark.length).toLowerCase() === mark && isApart(mark, start[mark.length])) {
      return start.slice(0, mark.length)
    }
  }
  return codeIn(start.slice(0, 3), start[3])
}

/** A mark of Latin, Cyrillic or Arabic letters counts only as a word of its own; `원`, `円` and signs count anywhere. */
function isApart(mark: string, neighbour: string | undefined): boolean {
  const standsAnywhere = !LETTER.test(mark) || /^[원円元]$|人民币|บาท/u.test(mark)
  return standsAnywhere || neighbour === undefined || !LETTER.test(neighbour)
}

function codeIn(text: string, neighbour: string | undefined): string | null {
  if (neighbour !== undefined && LETTER.test(neighbour)) return null
  const isCode = /^[A-Z]{3}$/.test(text) ? codes.has(text) : SMALL_CODES.has(text)
  return isCode ? text.toUpperCase() : null
}

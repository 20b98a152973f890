/** What stands where something was taken out. */
const REDACTED = '[redacted]'

/** UTF-16 units of one text in a log; what is longer is cut before it is looked through. */
const MAX_TEXT_LENGTH = 2_000
const MAX_LOOKED_THROUGH = 4_000
const MAX_DEPTH = 5
const MAX_ITEMS = 50

/** Names whose value is secret whatever it looks like. */
const SECRET_KEY =
  /token|secret|passw|authorization|cookie|signature|credential|api[-_]?key|private[-_]?key|files[-_]?key|dsn|database[-_]?url|redis[-_]?url|proxy/i

/** Names of what a person typed or is called: logs carry ids instead. */
const PERSONAL_KEY = /^(?:words|query|username|user_?name|displayname|display_?name|realname|real_?name|nick|email)$/i

/** Secrets by their looks. Repetitions are bounded, so that no text makes them slow. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bx(?:ox[a-z](?:\.xox[a-z])?|app)-[A-Za-z0-9-]{6,400}/g, REDACTED], // Slack tokens
  [/hooks\.slack\.com\/[\w/-]{1,200}/g, `hooks.slack.com/${REDACTED}`],
  [/\/(webhooks|interactions)\/(\d{5,25})\/[\w-]{10,400}/g, `/$1/$2/${REDACTED}`], // Discord puts tokens into paths
  [/\baW50ZXJhY3Rpb246[\w=-]{10,400}/g, REDACTED], // a Discord interaction's token: base64 of "interaction:"
  [/\b[\w-]{23,30}\.[\w-]{6,8}\.[\w-]{27,80}/g, REDACTED], // a Discord bot's token
  [/\bBearer\s{1,4}[\w.~+/=-]{8,2000}/gi, `Bearer ${REDACTED}`],
  [/\b(Bot|Basic|Digest)\s{1,4}[\w.~+/=-]{20,2000}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#]{0,200}@/gi, `$1${REDACTED}@`], // user and password of an address or DSN
  [/([?&][\w.-]{1,60}=)[^\s&"'<>]{1,2000}/g, `$1${REDACTED}`], // signatures, and what people search
  [/\b(signature|token|secret|password)=[^\s&"']{1,2000}/gi, `$1=${REDACTED}`],
]

/** Controls, line ends and marks that turn text round: they could fake a line or steer a terminal. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu

/** Without the word at the cut: a secret that was cut in half no longer looks like one. */
const wholeWords = (text: string): string =>
  `${text.slice(0, Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'), 0))}…`

const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Cleans what goes into a log. */
export interface Redaction {
  /** One text: secrets out, control and direction marks shown escaped, cut. */
  text(text: string): string
  /** Any value as plain JSON data: by the names of its fields and by the looks of its texts. Never throws. */
  value(value: unknown): unknown
}

/** @param secrets texts that must never be seen, whatever they look like (the tokens of the configuration) */
export function createRedaction(secrets: readonly string[] = []): Redaction {
  const known = secrets.filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length)
  const text = (raw: string): string => {
    let clean = raw.length > MAX_LOOKED_THROUGH ? wholeWords(raw.slice(0, MAX_LOOKED_THROUGH)) : raw
    for (const secret of known) clean = clean.replaceAll(secret, REDACTED)
    for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement)
    clean = clean.replace(UNSAFE, escaped)
    return clean.length > MAX_TEXT_LENGTH ? `${clean.slice(0, MAX_TEXT_LENGTH)}…` : clean
  }
  const fields = (object: object, depth: number): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(object)
        .slice(0, MAX_ITEMS)
        .map(([key, value]) => [text(key), hides(key, value) ? REDACTED : clean(value, depth + 1)]),
    )
  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
      return text(String(value))
    if (typeof value !== 'object' || value === null) return value
    if (depth >= MAX_DEPTH) return '…'
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => clean(item, depth + 1))
    if (value instanceof Error) return { name: value.name, message: text(value.message) }
    return fields(value, depth)
  }
  return { text, value: (value) => clean(value, 0) }
}

const hides = (key: string, value: unknown): boolean =>
  value !== null && value !== undefined && typeof value !== 'number' && (SECRET_KEY.test(key) || PERSONAL_KEY.test(key))

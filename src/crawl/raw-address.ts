import { Refusal } from '../errors.ts'
import { withoutRootDot } from '../sites/url.ts'
import { MAX_URL_LENGTH } from './http-limits.ts'

/** Characters that a URL parser drops or turns silently, so that what is checked is not what a person reads. */
const SUSPICIOUS = /[\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\\]/
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i

/**
 * Parses an address that came as text, and refuses what the parser would forgive: backslashes, control characters,
 * spaces, user names, too great a length.
 * @throws Refusal `url.too_long`, `url.invalid`, `url.scheme`, `url.credentials`
 */
export function parseRawAddress(text: string): URL {
  if (text.length > MAX_URL_LENGTH) throw new Refusal('url.too_long', { length: text.length, max: MAX_URL_LENGTH })
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || SUSPICIOUS.test(text)) throw new Refusal('url.invalid', { url: text })
  checkScheme(url)
  const authority = AUTHORITY.exec(text)?.[1]
  if (!authority) throw new Refusal('url.invalid', { url: text }) // `http:host` and `http:/host` parse, too
  if (authority.includes('@') || hasUserInfo(url)) throw new Refusal('url.credentials', { host: url.hostname })
  return withoutRootDot(url)
}

/**
 * Parses a Location header. Plain spaces in it are common and harmless once encoded; the rest is refused as above.
 * @throws Refusal `url.too_long`, `url.invalid`, `url.scheme`, `url.credentials`
 */
export function parseLocation(location: string, base: URL): URL {
  const text = location.trim().replaceAll(' ', '%20')
  if (text.length > MAX_URL_LENGTH) throw new Refusal('url.too_long', { length: text.length, max: MAX_URL_LENGTH })
  if (SUSPICIOUS.test(text) || !URL.canParse(text, base.href)) throw new Refusal('url.invalid', { url: text })
  const url = new URL(text, base)
  checkScheme(url)
  if (hasUserInfo(url)) throw new Refusal('url.credentials', { host: url.hostname })
  return withoutRootDot(url)
}

/** @throws Refusal `url.scheme` for anything but http and https */
export function checkScheme(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return
  throw new Refusal('url.scheme', { url: url.href.slice(0, MAX_URL_LENGTH), scheme: url.protocol.slice(0, -1) })
}

/** Whether a parsed address carries a user name or a password. */
export const hasUserInfo = (url: URL): boolean => url.username !== '' || url.password !== ''

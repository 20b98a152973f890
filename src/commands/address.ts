import { parseRawAddress } from '../crawl/raw-address.ts'
import { Refusal } from '../errors.ts'
import { URL_MAX } from './limits.ts'

/** Something with a scheme, whether we may read it or not: `https://…`, `file:///…`, `javascript:…`. */
const WITH_SCHEME = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|(?:https?|file|data|javascript|mailto|blob|about|view-source):)/i
/** A host without a scheme, as people copy it: `www.ssg.com`, `shop.example.com/list?page=2`. */
const BARE_HOST = /^(?:[\p{L}\p{N}-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?:[/?#].*)?$/iu

/** Whether a token is meant as an address with its scheme. */
export const isAddress = (text: string): boolean => WITH_SCHEME.test(text)

/** Whether a token is a host or an address without its scheme. */
export const isBareAddress = (text: string): boolean => text.length <= URL_MAX && BARE_HOST.test(text)

/**
 * The address that a person gave, normalised by the URL parser. What the parser would forgive (backslashes, `https:host`)
 * is refused here: behind this nobody sees the text as it was typed. Whether the address may be crawled is the guard's
 * to say.
 * @throws Refusal `url.invalid`, `url.scheme`, `url.too_long`, `url.credentials`
 */
export function readAddress(given: string): string {
  if (given.length > URL_MAX) throw new Refusal('url.too_long', { length: given.length, max: URL_MAX })
  const text = isAddress(given) ? given : `https://${given}`
  if (!URL.canParse(text)) throw new Refusal('url.invalid', { url: given })
  const { protocol } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Refusal('url.scheme', { url: given, scheme: protocol.replace(/:$/, '') })
  }
  const { href } = parseRawAddress(text)
  if (href.length > URL_MAX) throw new Refusal('url.too_long', { length: href.length, max: URL_MAX })
  return href
}

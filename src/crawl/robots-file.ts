import robotsParser from 'robots-parser'
import { ROBOTS_BYTES } from './http-limits.ts'

/** A robots.txt, read. */
export interface RobotsFile {
  isAllowed(url: URL): boolean
  /** Crawl-delay of our group, or null. */
  delaySeconds: number | null
  /** Absolute http(s) addresses, as the file names them. */
  sitemaps: string[]
}

/** Its types say `export default`, the module itself is the function. */
const parse = robotsParser as unknown as typeof robotsParser.default

/**
 * Reads a robots.txt by RFC 9309 with robots-parser.
 * @param origin whose file it is, also when a redirect led elsewhere
 * @param productToken the name in our user agent, before its slash
 */
export function readRobotsFile(origin: string, text: string, productToken: string): RobotsFile {
  const robots = parse(`${origin}/robots.txt`, tidy(text.slice(0, ROBOTS_BYTES)))
  const delay = robots.getCrawlDelay(productToken)
  return {
    isAllowed: (url) => robots.isAllowed(url.href, productToken) !== false,
    delaySeconds: delay !== undefined && delay > 0 ? delay : null,
    sitemaps: robots.getSitemaps().flatMap((sitemap) => absolute(sitemap, origin)),
  }
}

const RULE = /^\s*(user-agent|allow|disallow|crawl-delay)\s*:/i
const SITEMAP = /^\s*sitemap\s*:/i

/**
 * Robots-parser ends a group of user agents at any line that is none, but other lines must not interfere with the
 * rules (RFC 9309 §2.2.4): unknown ones are left out, sitemaps go to the end. It also trips over a byte order mark.
 */
function tidy(text: string): string {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  return [...lines.filter((line) => RULE.test(line)), ...lines.filter((line) => SITEMAP.test(line))].join('\n')
}

function absolute(sitemap: string, origin: string): string[] {
  if (!URL.canParse(sitemap, origin)) return []
  const url = new URL(sitemap, origin)
  return url.protocol === 'http:' || url.protocol === 'https:' ? [url.href] : []
}

import { domainToUnicode } from 'node:url'
import { fileStamp } from '../messages/format.ts'
import { say } from '../messages/say.ts'
import type { Format } from './format.ts'
import { MAX_NAME_BYTES, MAX_NAME_SITE_BYTES } from './limits.ts'
import type { ResultFacts } from './store.ts'

/** Names that Windows keeps for devices, whatever follows the first dot (learn.microsoft.com, Naming Files). */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i

/** Controls, invisible and bidirectional marks, half and private characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu

/** What a file system, a shell or a header gives a meaning; spaces too. */
const SPECIAL = /[\p{Z}\s/\\:*?"'`<>|;%#&$!~^=+,(){}[\]]+/gu

/** Text that is safe within a file name on every system: composed, without marks, one hyphen for what has a meaning. */
const safe = (text: string): string =>
  text
    .normalize('NFC')
    .replace(SPECIAL, '-')
    .replace(UNSEEN, '')
    .replace(/-{2,}/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-._]{1,8}/, '')
    .replace(/[-._]{1,8}$/, '')

/** The longest beginning of whole characters (as people count them) that takes at most `bytes` in UTF-8. */
function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let kept = ''
  let room = bytes
  for (const { segment } of new Intl.Segmenter('ko', { granularity: 'grapheme' }).segment(text)) {
    room -= Buffer.byteLength(segment)
    if (room < 0) break
    kept += segment
  }
  return kept.replace(/[-._]{1,8}$/, '')
}

const hostOf = (url: string): string => {
  const { hostname } = new URL(url)
  return domainToUnicode(hostname) || hostname
}

/**
 * What people see: `ssg_노트북_20261124-1530.xlsx`, with the end of the job on the clock of `timeZone`, and a mark when the
 * job did not succeed. At most MAX_NAME_BYTES; the words give way.
 */
export function resultFileName(facts: ResultFacts, format: Format, timeZone: string): string {
  const site = cutToBytes(safe(facts.url === null ? facts.site : hostOf(facts.url)), MAX_NAME_SITE_BYTES) || 'result'
  const mark = facts.state === 'succeeded' ? '' : `_${say(facts.locale, 'file.partial_word')}`
  const front = RESERVED.test(site) ? `shop-${site}` : site
  const end = `_${fileStamp(facts.finishedAt, timeZone)}${mark}.${format}`
  const room = MAX_NAME_BYTES - Buffer.byteLength(front) - Buffer.byteLength(end) - 1
  const words = cutToBytes(safe(facts.words), room)
  return `${front}${words === '' ? '' : `_${words}`}${end}`
}

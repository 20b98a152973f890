/** Only so much of a page's end is looked at. */
const TAIL_BYTES = 4_096

/**
 * Whether a body that came without a known end looks cut: HTML without its closing tag or inside a tag, JSON without its
 * last bracket. A server that closes the connection midway gives a normal answer otherwise.
 */
export function looksCut(body: Uint8Array, contentType: string): boolean {
  const tail = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .subarray(-TAIL_BYTES)
    .toString('latin1') // only ASCII is looked for
    .trimEnd()
  if (/json/i.test(contentType)) return !/[\]}"0-9el]$/.test(tail)
  if (tail.lastIndexOf('<') > tail.lastIndexOf('>')) return true
  return /html/i.test(contentType) && !/<\/html\s*>/i.test(tail)
}

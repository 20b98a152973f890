/** First bytes of files that are no page, whatever their content type says. At byte 0 unless an offset is given. */
const SIGNATURES: { bytes: string; at?: number }[] = [
  { bytes: '%PDF-' },
  { bytes: '\x89PNG' },
  { bytes: '\xff\xd8\xff' },
  { bytes: 'GIF8' },
  { bytes: 'RIFF' },
  { bytes: 'ftyp', at: 4 },
  { bytes: 'PK\x03\x04' },
  { bytes: 'Rar!' },
  { bytes: '7z\xbc\xaf' },
  { bytes: '\x1f\x8b' },
  { bytes: 'BZh' },
  { bytes: '\xfd7zXZ' },
  { bytes: 'ustar', at: 257 },
  { bytes: '\xd0\xcf\x11\xe0' },
  { bytes: '\x7fELF' },
  { bytes: 'MZ\x90' },
  { bytes: 'ID3' },
  { bytes: 'OggS' },
  { bytes: 'wOF' },
  { bytes: '\x00\x01\x00\x00' },
  { bytes: '\x00asm' },
]

/** Bytes looked at for zeros. */
const SAMPLE = 1_024

/** Whether a body is a file of another kind: a picture, a document, an archive, a program, or nothing at all. */
export function isNoPage(body: Uint8Array): boolean {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, SAMPLE)).toString('latin1')
  if (head.trim() === '') return true
  if (SIGNATURES.some(({ bytes, at = 0 }) => head.startsWith(bytes, at))) return true
  return hasScatteredZeros(body.subarray(0, SAMPLE))
}

/** Text has no zero bytes; in UTF-16 they stand at every second place alone. */
function hasScatteredZeros(sample: Uint8Array): boolean {
  let even = 0
  let odd = 0
  for (const [at, byte] of sample.entries()) {
    if (byte !== 0) continue
    if (at % 2 === 0) even += 1
    else odd += 1
  }
  return even > 0 && odd > 0
}

/** Whether a body is packed by gzip, as some sitemaps are. */
export const isGzip = (body: Uint8Array): boolean => body[0] === 0x1f && body[1] === 0x8b

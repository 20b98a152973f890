import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { Refusal } from '../errors.ts'
import { type HttpLimits, MAX_CODINGS, MAX_RATIO, RATIO_FROM_BYTES } from './http-limits.ts'

type Decoder = (bytes: Uint8Array, options: zlib.ZlibOptions & zlib.BrotliOptions) => Promise<Buffer>

const gunzip: Decoder = promisify(zlib.gunzip)
const inflate: Decoder = promisify(zlib.inflate)
const inflateRaw: Decoder = promisify(zlib.inflateRaw)
const brotli: Decoder = promisify(zlib.brotliDecompress)
// Node has it from 22.15; its types for Node 20 do not.
const plainZstd = (zlib as { zstdDecompress?: typeof zlib.gunzip }).zstdDecompress
const zstd: Decoder | undefined = plainZstd && promisify(plainZstd)

/** RFC 9110 §8.4.1.2 means zlib's format by `deflate`; some servers send the bare stream. */
const deflate: Decoder = (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(bytes, options)

const DECODERS = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', deflate],
  ['br', brotli],
  ...(zstd ? [['zstd', zstd] as const] : []),
])

/** What this Node can unpack, for accept-encoding. */
export const ACCEPTED_CODINGS = ['gzip', 'deflate', 'br', ...(zstd ? ['zstd'] : [])].join(', ')

/** Codings that a cut body may be unpacked from: they give what they have. */
const TOLERANT = { finishFlush: zlib.constants.Z_SYNC_FLUSH }

export interface Encoded {
  /** The public address, for errors. */
  url: string
  bytes: Uint8Array<ArrayBuffer>
  /** The content-encoding header; empty when there is none. */
  encoding: string
  /** The bytes end before the body does: unpack what is there. */
  isCut?: boolean
}

/**
 * Unpacks a body, at most two codings deep. Never holds more than the decoded limit, and no more than a hundred times
 * what came over the wire once that is past a megabyte.
 * @throws Refusal `page.encoding`, `page.bomb`, `page.too_large`, `page.truncated`
 */
export async function decodeBody(encoded: Encoded, limits: HttpLimits): Promise<Uint8Array<ArrayBuffer>> {
  const codings = encoded.encoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  const decoders = codings.map((coding) => DECODERS.get(coding))
  if (codings.length > MAX_CODINGS || decoders.includes(undefined)) {
    throw new Refusal('page.encoding', { url: encoded.url, encoding: encoded.encoding.slice(0, 100) })
  }
  let bytes: Uint8Array<ArrayBufferLike> = encoded.bytes
  for (const decode of decoders.toReversed()) bytes = await unpack(decode!, bytes, encoded, limits)
  return owned(bytes)
}

async function unpack(decode: Decoder, bytes: Uint8Array, encoded: Encoded, limits: HttpLimits): Promise<Buffer> {
  const byRatio = Math.max(RATIO_FROM_BYTES, encoded.bytes.length * MAX_RATIO)
  const maxOutputLength = Math.min(limits.decodedBytes, byRatio)
  try {
    return await decode(bytes, { maxOutputLength, ...(encoded.isCut && TOLERANT) })
  } catch (error) {
    throw refusalOf(error, encoded, maxOutputLength < limits.decodedBytes, limits)
  }
}

function refusalOf(error: unknown, { url, encoding }: Encoded, isBomb: boolean, limits: HttpLimits): unknown {
  const code = String((error as { code?: unknown }).code)
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    if (isBomb) return new Refusal('page.bomb', { url }, { cause: error })
    return new Refusal('page.too_large', { url, megabytes: limits.decodedBytes / 2 ** 20 }, { cause: error })
  }
  if (code === 'Z_BUF_ERROR') return new Refusal('page.truncated', { url }, { cause: error })
  if (/^(Z_|ERR_|ZSTD_)/.test(code)) return new Refusal('page.encoding', { url, encoding }, { cause: error })
  return error
}

/** zlib may give a view into a shared pool, which cannot be transferred. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer)
  return new Uint8Array(bytes)
}

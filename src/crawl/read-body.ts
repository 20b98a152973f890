import type { Readable } from 'node:stream'

/** A body as it came over the wire. */
export interface WireBody {
  bytes: Uint8Array<ArrayBuffer>
  /** It was longer than the limit, and reading ended there. */
  isCut: boolean
}

/**
 * Reads a body into one array that owns its buffer, so that it can be transferred to a thread.
 * @param expected its length when the answer names one: then it is written in place, without a second copy
 */
export async function readBody(body: Readable, limit: number, expected: number | undefined): Promise<WireBody> {
  let room = ownRoom(Math.min(expected ?? FIRST_ROOM, limit))
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const fits = Math.min(chunk.length, limit - length)
    if (length + fits > room.length)
      room = grown(room, length, Math.min(limit, Math.max(length + fits, room.length * 2)))
    room.set(fits === chunk.length ? chunk : chunk.subarray(0, fits), length)
    length += fits
    if (fits < chunk.length) return { bytes: room.slice(0, length), isCut: true } // leaving the loop ends the stream
  }
  return { bytes: length === room.length ? room : room.slice(0, length), isCut: false }
}

/** Memory of its own that is not filled with zeros first: what is not written is cut off. */
const ownRoom = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)

/** Most pages without a named length fit after two or three doublings. */
const FIRST_ROOM = 64 * 1024

function grown(room: Uint8Array<ArrayBuffer>, length: number, size: number): Uint8Array<ArrayBuffer> {
  const larger = ownRoom(size)
  larger.set(room.subarray(0, length))
  return larger
}

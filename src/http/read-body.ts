import type { IncomingMessage } from 'node:http'

/**
 * The whole body of a request, or undefined as soon as it is longer than `max` bytes: at its own word before anything
 * is read, else at the first byte too many.
 * @throws what the connection throws when the client goes away
 */
export async function readBody(request: IncomingMessage, max: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > max) return undefined
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > max) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size)
}

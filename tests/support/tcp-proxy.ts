import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * What a connection suffers on its way back from the server to us (names and ideas: Shopify's toxiproxy).
 * - latency: every piece comes `ms` later
 * - bandwidth: at most so many bytes a second
 * - slowClose: the end of the stream comes `ms` later
 * - slicer: pieces of `bytes`, `ms` between them
 * - cutAfter: after so many bytes the connection is closed as if it were complete (FIN)
 * - resetAfter: after so many bytes it is reset (RST)
 * - timeout: nothing comes through, and after `ms` it is closed
 * - blackHole: nothing comes through in either direction, and it is never closed
 */
export interface Toxics {
  latency?: { ms: number }
  bandwidth?: { bytesPerSecond: number }
  slowClose?: { ms: number }
  slicer?: { bytes: number; ms: number }
  cutAfter?: { bytes: number }
  resetAfter?: { bytes: number }
  timeout?: { ms: number }
  blackHole?: true
}

/** A TCP proxy on loopback between us and a neighbour, that spoils connections as a test says. */
export interface TcpProxy {
  port: number
  /** For a neighbour that speaks HTTP. */
  origin: string
  address: string
  /** Holds for connections opened from now on. */
  poison(toxics: Toxics): void
  /**
   * The next request that holds the text, on whichever connection, is done, and its answer never comes: the connection
   * ends instead.
   */
  loseAnswerTo(text: RegExp): void
  /** Connections that it accepted so far. */
  connections(): number
  close(): Promise<void>
}

/** @param target port on 127.0.0.1 that connections are passed on to */
export async function openTcpProxy(target: number, first: Toxics = {}): Promise<TcpProxy> {
  let toxics = first
  let connections = 0
  let losing: RegExp | undefined
  const isLosing = (request: Buffer): boolean => {
    if (!losing?.test(request.toString('latin1'))) return false
    losing = undefined
    return true
  }
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    return socket
  }
  const server = createServer((client) => {
    connections += 1
    keep(client)
    if (toxics.blackHole) return
    pass(client, keep(connect(target, '127.0.0.1')), toxics, isLosing).catch(() => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    poison: (next) => {
      toxics = next
    },
    loseAnswerTo: (text) => {
      losing = text
    },
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function pass(
  client: Socket,
  server: Socket,
  toxics: Toxics,
  isLosing: (request: Buffer) => boolean,
): Promise<void> {
  let isLost = false
  client.on('data', (request) => {
    isLost ||= isLosing(request)
  })
  client.pipe(server)
  client.on('close', () => server.destroy())
  if (toxics.timeout) {
    await wait(toxics.timeout.ms, undefined, { ref: false })
    client.destroy()
    return
  }
  let passed = 0
  for await (const chunk of server as AsyncIterable<Buffer>) {
    if (isLost) return void client.destroy()
    for (const piece of slices(chunk, toxics.slicer?.bytes)) {
      const left = Math.min(toxics.cutAfter?.bytes ?? Infinity, toxics.resetAfter?.bytes ?? Infinity) - passed
      const sent = piece.subarray(0, Math.min(left, piece.length))
      await wait(pauseOf(sent, toxics), undefined, { ref: false })
      if (client.destroyed) return
      if (!client.write(sent)) await once(client, 'drain')
      passed += sent.length
      if (sent.length === left) return toxics.resetAfter ? void client.resetAndDestroy() : void client.end()
    }
  }
  if (toxics.slowClose) await wait(toxics.slowClose.ms, undefined, { ref: false })
  client.end()
}

function* slices(chunk: Buffer, size = chunk.length): Generator<Buffer> {
  for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size)
}

const pauseOf = (piece: Buffer, { latency, slicer, bandwidth }: Toxics): number =>
  (latency?.ms ?? 0) + (slicer?.ms ?? 0) + (bandwidth ? (piece.length / bandwidth.bytesPerSecond) * 1_000 : 0)

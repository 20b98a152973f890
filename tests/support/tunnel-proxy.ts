import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

/** A proxy on 127.0.0.1 that only opens tunnels, and notes where to. */
export async function openTunnelProxy() {
  const tunnels: string[] = []
  const proxy = createServer((_, response) => response.writeHead(405).end())
  proxy.on('connect', (request: IncomingMessage, client) => {
    tunnels.push(request.url!)
    const target = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    target.on('error', () => client.destroy())
    client.on('error', () => target.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    tunnels,
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      proxy.closeAllConnections()
      proxy.close()
    },
  }
}

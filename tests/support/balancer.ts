import { once } from 'node:events'
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A load balancer on loopback: each request goes to the next of its targets, past those that are gone. */
export interface Balancer {
  origin: string
  /** Origins, in turn. May be changed at any time. */
  targets: string[]
  /** How many requests each target has answered. */
  answered: Map<string, number>
  close(): Promise<void>
}

/** Requests to one target at once; further ones wait here. */
const AT_ONCE = 100

/** Nothing sticks: neither a person nor a connection belongs to one of the targets. */
export async function openBalancer(): Promise<Balancer> {
  let turn = 0
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const server = createServer((request, response) => {
    handOn(request, response).catch(() => response.destroy()) // the target died in the middle of its answer
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const balancer: Balancer = {
    ...{ origin: `http://127.0.0.1:${port}`, targets: [], answered: new Map() },
    async close() {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }

  async function handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const first = turn++
    for (let tries = 0; tries < balancer.targets.length; tries++) {
      const target = balancer.targets[(first + tries) % balancer.targets.length]!
      const answer = await answerOf(agent, target, request, Buffer.concat(pieces)).catch(() => undefined)
      if (!answer) continue
      balancer.answered.set(target, (balancer.answered.get(target) ?? 0) + 1)
      response.writeHead(answer.statusCode!, answer.headers)
      for await (const piece of answer) response.write(piece)
      response.end()
      return
    }
    response.writeHead(503).end()
  }
  return balancer
}

async function answerOf(agent: Agent, target: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const { connection: _, ...passed } = headers
  const sent = ask(target + url, { agent, method, headers: passed })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}

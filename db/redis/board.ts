import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Queue as BullQueue } from 'bullmq'
import { Hono } from 'hono'
import { QUEUES_PATH, type QueueBoard } from '../../src/admin/queue-board.ts'
import type { Bull } from './bull.ts'
import type { RedisLink } from './link.ts'

/** Bull Board over the queue: one that acts, and one that only shows. Made when somebody asks. */
export function createQueueBoard({ link, bull }: { link: RedisLink; bull: Bull }): QueueBoard {
  let boards: { acting: Hono; reading: Hono } | undefined
  const open = async () => {
    const queue = await link.answered(bull.open)
    boards ??= { acting: openBoard(queue, false), reading: openBoard(queue, true) }
    return boards
  }
  return {
    async respond(request, { isReadOnly }) {
      const there = await open().catch(link.tell)
      if (!there) return undefined
      return tidied(await (isReadOnly ? there.reading : there.acting).fetch(request))
    },
  }
}

function openBoard(queue: BullQueue, readOnlyMode: boolean): Hono {
  const serverAdapter = new HonoAdapter(serveStatic).setBasePath(QUEUES_PATH)
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode })],
    serverAdapter,
    options: {
      uiConfig: { boardTitle: 'shopcrawl', hideDocsLink: true, miscLinks: [{ text: '← /admin', url: '/admin' }] },
    },
  })
  return new Hono().route(QUEUES_PATH, serverAdapter.registerPlugin())
}

/** Its page without what our policy forbids: fonts of another host, and styles inside the page (of its first moment). */
async function tidied(answer: Response): Promise<Response> {
  if (!answer.headers.get('content-type')?.startsWith('text/html')) return answer
  const page = (await answer.text())
    .replace(/<link[^>]+fonts\.googleapis\.com[^>]*>/g, '')
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/ style="[^"]*"/g, '')
  return new Response(page, { status: answer.status, headers: answer.headers })
}

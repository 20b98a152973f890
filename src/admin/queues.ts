import { refuse } from './answers.ts'
import type { AdminApp } from './api.ts'
import type { AdminContext, AdminParts } from './env.ts'
import { QUEUES_PATH } from './queue-board.ts'

/** `/admin/queues`: what waits in Redis, where Redis hands the jobs out. Every change stands in the audit list first. */
export function addQueues(app: AdminApp, { queues, override }: AdminParts): void {
  const answer = async (c: AdminContext): Promise<Response> => {
    if (!queues) return refuse(c, 404, 'no_queues')
    const { actor } = c.var
    const { method, path } = c.req
    if (method !== 'GET' && method !== 'HEAD') {
      await override.changeQueue(`${method} ${path.slice(QUEUES_PATH.length)}`, actor)
    }
    const told = await queues.respond(c.req.raw, { isReadOnly: actor.role !== 'admin' })
    return told ?? refuse(c, 503, 'queues_away')
  }
  app.all('/queues', answer)
  app.all('/queues/*', answer)
}

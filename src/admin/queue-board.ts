/**
 * The pages of the queue's own library, as they lie under /admin/queues. They look into the queue and may change it; the
 * rows of jobs stay the truth.
 */
export interface QueueBoard {
  /** @returns undefined while the store of the queue is away */
  respond(request: Request, how: { isReadOnly: boolean }): Promise<Response | undefined>
}

/** Where it lies; its pages and scripts name their neighbours by it. */
export const QUEUES_PATH = '/admin/queues'

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

/** The one style within their pages: the colours of an icon, which the library's script puts in. Any other is refused. */
export const QUEUES_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"

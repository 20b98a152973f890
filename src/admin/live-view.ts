import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { isPassing } from '../errors.ts'
import { faultId } from '../telemetry/fault-id.ts'
import { refuse } from './answers.ts'
import type { AdminContext, AdminParts } from './env.ts'
import { LIVE_READERS } from './limits.ts'

/** What a reader is shown, until they leave (`stream.onAbort`) or it ends by itself. */
type Follow = (stream: SSEStreamingApi) => Promise<void>

/**
 * Answers with one kind of live view, to LIVE_READERS at once. What it throws closes the view, and a browser asks again;
 * a bug is told in the log, as everything is that goes there: Hono would write it raw, or tell it to the reader.
 */
export function createLiveView({ emit }: Pick<AdminParts, 'emit'>) {
  let readers = 0
  return (c: AdminContext, follow: Follow): Response | Promise<Response> => {
    if (readers >= LIVE_READERS) return refuse(c, 503, 'too_many_readers')
    readers++
    return streamSSE(c, async (stream) => {
      try {
        await follow(stream)
      } catch (error) {
        if (!isPassing(error)) emit('fault', { id: faultId(), where: 'admin/live', error })
      } finally {
        readers--
      }
    })
  }
}

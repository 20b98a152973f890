import type { SSEStreamingApi } from 'hono/streaming'
import type { Gate } from '../access/gate.ts'
import { refuse } from './answers.ts'
import { type AdminApp, eventStream } from './api.ts'
import type { AdminContext, AdminParts } from './env.ts'
import { BUFFER_MAX_BYTES, LOOK_AGAIN_MS } from './limits.ts'
import { createLiveView } from './live-view.ts'
import { type LogFilter, LogsQuery } from './schemas.ts'

/** What live logs stand on. */
type LiveLogParts = Pick<AdminParts, 'log' | 'isStopping' | 'emit'> & { gate: Pick<Gate, 'look'> }

const LEVELS = ['debug', 'info', 'warn', 'error']

/** `/admin/logs`: the newest lines of all processes that work together, then each new one, filtered. */
export function addLiveLogs(app: AdminApp, parts: LiveLogParts): void {
  const show = createLiveView(parts)
  app.openAPIRegistry.registerPath(
    eventStream(
      '/logs',
      LogsQuery,
      '`line`: the newest lines of this process, then each new one; `beat`: nothing new.',
    ),
  )
  app.get('/logs', (c) => {
    const filter = LogsQuery.safeParse(c.req.query())
    if (!filter.success) return refuse(c, 400, 'bad_request')
    return show(c, (stream) => follow(parts, c, stream, filter.data))
  })
}

async function follow(parts: LiveLogParts, c: AdminContext, stream: SSEStreamingApi, filter: LogFilter): Promise<void> {
  const waiting = createWaiting(() => stream.abort())
  stream.onAbort(waiting.end) // before anything is waited for: one that has aborted calls nobody
  const { lines: newest, leave } = await parts.log.open((line) => {
    if (isWanted(line, filter)) waiting.add(line)
  })
  waiting.begin(newest.filter((line) => isWanted(line, filter)))
  try {
    while (!waiting.isOver() && !parts.isStopping()) {
      const lines = await waiting.take(LOOK_AGAIN_MS)
      for (const data of lines) await stream.writeSSE({ event: 'line', data })
      if (lines.length > 0) continue
      if ((await parts.gate.look(c, 'watching')).kind !== 'in') return
      await stream.writeSSE({ event: 'beat', data: '' })
    }
  } finally {
    leave()
  }
}

/**
 * Lines that wait for a reader. One that does not read is cut off, so that its lines do not fill the memory.
 * @param cutOff ends the writing that waits for it
 */
function createWaiting(cutOff: () => void) {
  let lines: string[] = []
  let bytes = 0
  let isOver = false
  let wake = (): void => undefined
  return {
    isOver: () => isOver,
    /** What was there before those that were added. */
    begin: (first: string[]) => {
      lines = [...first, ...lines]
    },
    end: () => {
      isOver = true
      wake()
    },
    add: (line: string) => {
      lines.push(line)
      bytes += line.length
      wake()
      if (bytes > BUFFER_MAX_BYTES && !isOver) cutOff()
    },
    /** Waits for lines, at most so long; once a stop is near nobody waits. */
    take: async (ms: number): Promise<string[]> => {
      if (lines.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      const taken = lines
      lines = []
      bytes = 0
      return taken
    },
  }
}

/** Whether a line is of the user, the job, the request, the process, and at least of the level. */
export function isWanted(line: string, filter: LogFilter): boolean {
  const facts = JSON.parse(line) as Record<string, unknown>
  if (filter.user && facts.user !== filter.user) return false
  if (filter.job && facts.job !== filter.job) return false
  if (filter.request && facts.requestId !== filter.request) return false
  if (filter.process && facts.process !== filter.process) return false
  return !filter.level || LEVELS.indexOf(String(facts.level)) >= LEVELS.indexOf(filter.level)
}

import { type LogStream, SHARED_LINES, type SharedLine } from '../../src/telemetry/shared-log.ts'
import type { RedisLink } from './link.ts'

/** Lines that nobody adds to are forgotten. */
const KEEP_MS = 24 * 3_600_000
/** How long one look waits for new lines. */
const BLOCK_MS = 5_000
const LOOK_LINES = 500
/** Pause after a look that failed. */
const RETRY_MS = 1_000
/** Longer lines are no line of ours. */
const LINE_MAX = 10_000

type Entry = [id: string, fields: string[]]

/** The processes' log lines in one capped stream. */
export function createRedisLogStream({ link, prefix }: { link: RedisLink; prefix: string }): LogStream {
  const key = `${prefix}:log`
  return {
    async append(process, lines) {
      await link.answered(async () => {
        const all = link.commands.pipeline()
        for (const line of lines) all.xadd(key, 'MAXLEN', '~', SHARED_LINES, '*', 'process', process, 'line', line)
        const answers = await all.pexpire(key, KEEP_MS).exec()
        const failed = answers?.find(([error]) => error)
        if (failed?.[0]) throw failed[0]
      })
    },
    follow(onLines) {
      const connection = link.patient()
      let last = '0-0'
      let isOver = false
      const hear = (entries: Entry[]): void => {
        last = entries.at(-1)?.[0] ?? last
        onLines(entries.flatMap(lineOf))
      }
      const caughtUp = link
        .answered(() => link.commands.xrevrange(key, '+', '-', 'COUNT', SHARED_LINES))
        .then((newest) => hear((newest as Entry[]).reverse()))
        .catch(() => undefined) // they come with the first look that is answered
      const look = async (): Promise<void> => {
        const found = await connection.xread('COUNT', LOOK_LINES, 'BLOCK', BLOCK_MS, 'STREAMS', key, last)
        if (!isOver) hear((found?.[0]?.[1] ?? []) as Entry[])
      }
      void caughtUp.then(async () => {
        while (!isOver) await look().catch(() => pause(RETRY_MS))
      })
      return {
        caughtUp,
        stop: () => {
          isOver = true
          connection.disconnect()
        },
      }
    },
  }
}

function lineOf([, fields]: Entry): SharedLine[] {
  const [, process, , line] = fields
  return process !== undefined && line !== undefined && line.length <= LINE_MAX ? [{ process, line }] : []
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

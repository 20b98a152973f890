import type { Telemetry } from './log.ts'
import type { LogFeed } from './log-feed.ts'
import { createLogRing } from './ring.ts'

/** Lines kept and shown, of all processes together. */
export const SHARED_LINES = 1_000
/** Lines are sent in lumps, this long after the first of them. */
const LUMP_MS = 200
const LUMP_LINES = 200
/** After a lump that could not be sent. */
const RETRY_MS = 2_000

/** A line of some process's log. */
export interface SharedLine {
  process: string
  line: string
}

/** Where the newest log lines of all processes lie together. */
export interface LogStream {
  /** @throws when it is away */
  append(process: string, lines: readonly string[]): Promise<void>
  /**
   * Calls `onLines` with the lines that are there, oldest first, and with every one that comes. While the stream is away
   * nothing comes.
   * @returns when the lines that were there have been told, or could not be read; and what ends it
   */
  follow(onLines: (lines: SharedLine[]) => void): { caughtUp: Promise<void>; stop(): void }
}

/** The logs of all processes as one. */
export interface SharedLog extends LogFeed {
  /** Sends what waits, if that goes, and ends. */
  close(): Promise<void>
}

/**
 * Sends this process's lines to the others and shows theirs beside its own. Its own come from its memory: they are there
 * without the stream. Writing waits for nothing; what a stream that is away cannot take is lost beyond the newest lines.
 * @param process names this process in the lines
 */
export function createSharedLog(parts: {
  log: Pick<Telemetry, 'recent' | 'subscribe'>
  stream: LogStream
  process: string
}): SharedLog {
  const { log, stream, process } = parts
  const sender = createSender((lines) => stream.append(process, lines))
  const leave = log.subscribe(sender.add)
  const others = createOthers(stream, process)
  return {
    async open(onLine) {
      const leaveOwn = log.subscribe((line) => onLine(named(line, process)))
      const theirs = await others.open(onLine)
      const lines = [...log.recent().map((line) => named(line, process)), ...theirs.lines]
      return {
        lines: sortedByTime(lines).slice(-SHARED_LINES),
        leave: () => {
          leaveOwn()
          theirs.leave()
        },
      }
    },
    async close() {
      leave()
      others.close()
      await sender.close()
    },
  }
}

function createSender(send: (lines: string[]) => Promise<void>) {
  let waiting: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = async (): Promise<boolean> => {
    const lump = waiting.slice(0, LUMP_LINES)
    waiting = waiting.slice(LUMP_LINES)
    try {
      await send(lump)
      return true
    } catch {
      waiting = [...lump, ...waiting].slice(-SHARED_LINES)
      return false
    }
  }
  const schedule = (ms: number): void => {
    timer ??= setTimeout(async () => {
      const isSent = await flush()
      timer = undefined
      if (waiting.length > 0) schedule(isSent ? 0 : RETRY_MS)
    }, ms).unref()
  }
  return {
    add: (line: string) => {
      waiting.push(line)
      if (waiting.length > SHARED_LINES) waiting.shift()
      schedule(LUMP_MS)
    },
    async close() {
      clearTimeout(timer)
      timer = undefined
      while (waiting.length > 0 && (await flush()));
    },
  }
}

/** The other processes' lines, followed while somebody reads. */
function createOthers(stream: LogStream, process: string) {
  let followed:
    | { ring: ReturnType<typeof createLogRing>; readers: number; caughtUp: Promise<void>; stop(): void }
    | undefined
  const follow = () => {
    const ring = createLogRing(SHARED_LINES)
    const { caughtUp, stop } = stream.follow((lines) => {
      for (const { process: from, line } of lines) {
        const told = from === process ? undefined : toldBy(from, line)
        if (told !== undefined) ring.add(told)
      }
    })
    return { ring, readers: 0, caughtUp, stop }
  }
  return {
    async open(onLine: (line: string) => void): Promise<{ lines: string[]; leave(): void }> {
      followed ??= follow()
      const mine = followed
      mine.readers += 1
      await mine.caughtUp
      const lines = mine.ring.lines()
      const leave = mine.ring.subscribe(onLine)
      return {
        lines,
        leave: () => {
          leave()
          mine.readers -= 1
          if (mine.readers > 0) return
          mine.stop()
          if (followed === mine) followed = undefined
        },
      }
    },
    close: () => followed?.stop(),
  }
}

/** A line of ours, which is JSON. */
const named = (line: string, process: string): string => `{"process":${JSON.stringify(process)},${line.slice(1)}`

/** Whoever reaches the stream can write into it: what is no line of a log is left out. */
function toldBy(process: string, line: string): string | undefined {
  try {
    const facts: unknown = JSON.parse(line)
    if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) return undefined
    return 'time' in facts && typeof facts.time === 'string' ? JSON.stringify({ ...facts, process }) : undefined
  } catch {
    return undefined
  }
}

const sortedByTime = (lines: string[]): string[] =>
  lines
    .map((line) => ({ line, time: String((JSON.parse(line) as { time: unknown }).time) }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ line }) => line)

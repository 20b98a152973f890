import { destination as openDestination, pino, stdTimeFunctions } from 'pino'
import { errorRecord } from './error-record.ts'
import type { Emit, EventName } from './events.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { prettyLine } from './pretty.ts'
import { createRedaction } from './redaction.ts'
import { createLogRing } from './ring.ts'
import { createTrace } from './trace.ts'
import { type Level, levelOf, WORDING } from './wording.ts'

/** Where log lines go; each ends with a line feed. */
export interface LogDestination {
  write(line: string): void
  /** Writes what is still in memory, before the process ends. */
  flushSync?(): void
}

export interface TelemetryOptions {
  level: Level | 'silent'
  /** For people at a terminal instead of JSON lines. */
  pretty?: boolean
  /** Standard error unless given: the command line's standard output carries the path of the result. */
  destination?: LogDestination
  /** Lines kept for live logs, and the longest of them in bytes. */
  ring?: { lines: number; lineBytes: number }
  /** Nothing but bugs is written: for commands whose user reads sentences. */
  onlyFaults?: boolean
  /** Texts that no line may hold: tokens and keys of the configuration. */
  secrets?: readonly string[]
}

/** Writes a line outside the list of events: for libraries that want a logger. Never throws. */
export type Log = (level: Level, text: string, facts?: Record<string, unknown>) => void

export interface Telemetry {
  /** Words an event and writes it. Never throws. */
  emit: Emit
  log: Log
  /** What the same events count. */
  metrics: Metrics
  /** The newest lines of this process as JSON, oldest first. */
  recent(): string[]
  /** Calls `fn` with every line from now on. @returns what ends it */
  subscribe(fn: (line: string) => void): () => void
  /** Writes what is still in memory, before the process ends. */
  flush(): void
}

/** design of live logs: 1,000 lines of at most 8 KiB. */
const RING = { lines: 1_000, lineBytes: 8_192 }
const STDERR = 2

/** A line that is too long loses its facts, not its form. */
function shorten(line: string, bytes: number): string {
  if (line.length * 3 <= bytes || Buffer.byteLength(line) <= bytes) return line
  const { level, time, event, msg } = JSON.parse(line) as Record<string, string | undefined>
  return JSON.stringify({ level, time, event, msg: msg?.slice(0, 200), cut: Buffer.byteLength(line) })
}

/** A broken or slow standard error must not stop the service: lines are written aside, and lost when nobody reads. */
function openStderr(): LogDestination {
  const stream = openDestination({ fd: STDERR, sync: false })
  stream.on('error', () => {})
  return stream
}

/** The log of a process: JSON lines (pino), secrets out, marks escaped, the newest kept for live logs. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { lines, lineBytes } = options.ring ?? RING
  const out = options.destination ?? openStderr()
  const ring = createLogRing(lines)
  const metrics = createMetrics()
  const redaction = createRedaction(options.secrets)
  const hasColor = options.destination === undefined && process.stderr.isTTY === true
  const write = (raw: string) => {
    const line = shorten(raw.trimEnd(), lineBytes)
    ring.add(line)
    out.write(options.pretty ? prettyLine(line, hasColor) : `${line}\n`)
  }
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
  const say = (level: Level, make: () => [facts: object, text: string]) => {
    try {
      if (logger.isLevelEnabled(level)) logger[level](...make())
    } catch {
      // a destination that throws, or a fact that cannot be read, has nobody to tell
    }
  }
  const trace = createTrace()
  const record = <E extends EventName>(name: E, facts: object) => {
    const { error, ...rest } = facts as { error?: unknown }
    const told = redaction.value(rest) as Record<string, unknown>
    return { event: name, ...told, ...(name === 'fault' ? { error: errorRecord(error, redaction) } : {}) }
  }
  return {
    emit: (name, facts) => {
      metrics.observe(name, facts)
      const traced = trace(facts) // also of events that are not written: they tell whose a job is
      if (options.onlyFaults && name !== 'fault') return
      say(levelOf(name, facts), () => [record(name, traced), WORDING[name].says])
    },
    metrics,
    log: (level, text, facts = {}) => {
      if (!options.onlyFaults) say(level, () => [redaction.value(facts) as object, redaction.text(text)])
    },
    recent: ring.lines,
    subscribe: ring.subscribe,
    flush: () => {
      try {
        out.flushSync?.()
      } catch {
        // nothing was written yet, or nobody reads
      }
    },
  }
}

/** One `emit` for several who want to know. One that throws does not keep the others from it. */
export const emitToAll =
  (...all: readonly Emit[]): Emit =>
  (name, facts) => {
    for (const emit of all) {
      try {
        emit(name, facts)
      } catch {
        // Emit never throws; one that does is no reason to stop work
      }
    }
  }

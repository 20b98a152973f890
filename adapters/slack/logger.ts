import { LogLevel } from '@slack/bolt'
import type { Emit } from '../../src/telemetry/events.ts'

/** What Bolt and its clients log with. */
export interface SlackLogger {
  debug(...words: unknown[]): void
  info(...words: unknown[]): void
  warn(...words: unknown[]): void
  error(...words: unknown[]): void
  setLevel(level: LogLevel): void
  getLevel(): LogLevel
  setName(name: string): void
}

const nothing = (): void => undefined

/** Says nothing: a failed call is thrown to its caller, who tells it. */
export const SILENT: SlackLogger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
}

/** Only errors are told; warnings are made by whoever sends forged requests, as many as they like. */
export const createLogger = (emit: Emit): SlackLogger => ({
  ...SILENT,
  error: (...words) => emit('chat.failed', { platform: 'slack', cause: words.map(String).join(' ').slice(0, 300) }),
})

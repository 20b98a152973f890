import { Refusal } from '../errors.ts'
import type { Redaction } from './redaction.ts'

const MAX_FRAMES = 20
const MAX_CAUSES = 3

/** An error as a log carries it. */
export interface ErrorRecord {
  name: string
  /** Of a Refusal its code; of the system or a library whatever text or number they give. */
  code?: string | number
  message?: string
  stack?: string[]
  cause?: ErrorRecord
}

/**
 * What a log tells of an error: its name, code, message, stack, and the same of its causes. Nothing else that hangs on
 * it (requests, headers, bodies) is taken along. A Refusal's facts may hold what a person typed: its code is enough.
 */
export function errorRecord(error: unknown, redaction: Redaction, depth = 0): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'thrown', message: redaction.text(String(error)) }
  const { code } = error as NodeJS.ErrnoException
  const record: ErrorRecord = { name: redaction.text(error.name) }
  if (typeof code === 'string' || typeof code === 'number')
    record.code = typeof code === 'string' ? redaction.text(code) : code
  if (!(error instanceof Refusal)) {
    record.message = redaction.text(error.message)
    record.stack = frames(error, redaction)
  }
  if (error.cause !== undefined && depth < MAX_CAUSES) record.cause = errorRecord(error.cause, redaction, depth + 1)
  return record
}

/** The lines of a stack below the message, which is told already and may have any number of lines. */
const frames = ({ stack }: Error, redaction: Redaction): string[] =>
  (stack ?? '')
    .split('\n')
    .filter((line) => /^\s{1,8}at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => redaction.text(line.trim()))

import { linkSignal } from '../linked-signal.ts'
import type { Locale } from '../messages/locale.ts'

/** `note`: nothing to do; `warning`: works, and should be looked at; `failure`: does not work until it is mended. */
export type Verdict = 'pass' | 'note' | 'warning' | 'failure'

/** One line of `shopcrawl check`. */
export interface Finding {
  verdict: Verdict
  /** What was found and, where it is not well, what to do. */
  sentence: string
}

/** What every part of the check may use. */
export interface CheckContext {
  locale: Locale
  /** PUBLIC_URL, without a slash at its end. */
  publicUrl: string | null
  /** The service answers on PORT now. */
  isServing: boolean
  /** Aborts when the person has enough of it. */
  signal: AbortSignal
  /** Hands in the Date header of an answer that has just come. */
  hearDate(host: string, date: string | null): void
}

/** One part: it asks, and tells what it found. What it throws becomes a failure. */
export type Check = (context: CheckContext) => Promise<Finding[]>

/** How long one question of a check may take. Milliseconds. */
export const ASK_MS = 10_000

/** A signal for one question: the person's, and the time limit. */
export function askSignal({ signal }: Pick<CheckContext, 'signal'>, limitMs = ASK_MS): AbortSignal {
  return linkSignal(signal, AbortSignal.timeout(limitMs)).signal
}

/** A short cause of a failed question, for a sentence. */
export function causeOf(error: unknown): string {
  const { cause, code, message } = error as { cause?: { code?: unknown }; code?: unknown; message?: string }
  return String(cause?.code ?? code ?? message ?? error).slice(0, 200)
}

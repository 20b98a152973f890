import type { ErrorCode, Refusal } from '../errors.ts'

/** Done, also when a shop truly has no match. */
export const DONE = 0
/** A crawl that failed or was refused; a database that is broken or locked. */
export const FAILED = 1
/** Arguments, settings, places that cannot be used. */
export const WRONG_USE = 2
/** Interrupted by Ctrl-C (128 + SIGINT). */
export const INTERRUPTED = 130
/** Asked to end (128 + SIGTERM); the job goes on at the next start. */
export const TERMINATED = 143

const WRONG_USE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'config.invalid',
  'port.taken',
  'port.unusable',
  'store.unwritable',
  'store.newer',
  'owner.taken',
  'owner.alone',
  'owner.shared',
  'owner.unshared',
  'store.denied',
  'backup.elsewhere',
  'move.in_use',
  'move.target_used',
  'move.target_denied',
  'out.unwritable',
  'folder.unwritable',
  'temp.unwritable',
  'file.unreadable',
  'backup.exists',
  'backup.nothing',
  'backup.unwritable',
  'restore.invalid',
  'env.unreadable',
  'env.invalid',
  'user.unknown',
  'store.absent',
  'site.unknown',
  'site.absent',
  'command.unknown',
  'address.forbidden',
  'host.blocked',
])

/** The exit code of a refusal: whose fault it is decides. */
export function exitCodeOf(refusal: Refusal): number {
  const isWrongUse = WRONG_USE_CODES.has(refusal.code) || /^(?:args|url)\./.test(refusal.code)
  return isWrongUse ? WRONG_USE : FAILED
}

/**
 * The exit code of a job that failed. An address that is forbidden is the person's mistake when it is the one they
 * typed, and the shop's doing when a redirect led there.
 */
export function exitCodeOfJob(code: ErrorCode, facts: unknown, url: string | null): number {
  if (code !== 'address.forbidden' || url === null) return FAILED
  return (facts as { host?: string })?.host === new URL(url).hostname ? WRONG_USE : FAILED
}

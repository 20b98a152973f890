import type { Say } from '../messages/say.ts'
import { type Check, type CheckContext, causeOf, type Finding } from './finding.ts'

/** How many lines were no pass. */
export interface CheckCounts {
  failures: number
  warnings: number
}

/**
 * Runs every part at once and tells its lines in the parts' order, each as soon as those before it are told.
 * @param last parts that live on what the others heard
 */
export async function runChecks(
  context: CheckContext,
  { say, checks, last }: { say: Say; checks: Check[]; last: Check[] },
  tell: (finding: Finding) => void,
): Promise<CheckCounts> {
  const counts = { failures: 0, warnings: 0 }
  const run = (check: Check): Promise<Finding[]> =>
    check(context).catch((error) => {
      context.signal.throwIfAborted()
      const sentence = say(context.locale, 'check.failed', { cause: causeOf(error) })
      return [{ verdict: 'failure', sentence }]
    })
  const tellAll = async (parts: Promise<Finding[]>[]): Promise<void> => {
    for (const part of parts) {
      for (const finding of await part) {
        if (finding.verdict === 'failure') counts.failures += 1
        if (finding.verdict === 'warning') counts.warnings += 1
        tell(finding)
      }
    }
  }
  await tellAll(settled(checks.map(run)))
  await tellAll(settled(last.map(run)))
  return counts
}

/** One that fails while another is waited for is no unhandled rejection. */
function settled(parts: Promise<Finding[]>[]): Promise<Finding[]>[] {
  for (const part of parts) part.catch(() => undefined)
  return parts
}

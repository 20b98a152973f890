import { COMPARE_FIRST_EVERY } from './limits.ts'

/**
 * Chooses the jobs on whose first page fast and slow route are compared: the first of each shop in this process, then
 * every tenth. Most jobs are short, and would never reach the sample that is taken of long ones; comparing costs several
 * times the CPU of the fast route alone.
 */
export function createFirstPageSampler(): (site: string) => boolean {
  const jobs = new Map<string, number>()
  return (site) => {
    const before = jobs.get(site) ?? 0
    jobs.set(site, before + 1)
    return before % COMPARE_FIRST_EVERY === 0
  }
}

import { HOSTS_PER_JOB } from './limits.ts'

/**
 * The hosts that one job may ask. Every host has its own robots.txt, its own budget and its own place in memory, so a
 * shop of countless subdomains must not lead a job to all of them.
 */
export interface JobHosts {
  /** Whether a link may be followed: to a host of the job, or to one more while there are fewer than HOSTS_PER_JOB. */
  admitsLink(address: string): boolean
  /**
   * Whether a redirect may be followed: to a host of the job, or to one of HOSTS_PER_JOB further ones. They are counted
   * apart: redirects are met in any order, and which links are followed must not depend on it.
   */
  admitsRedirect(url: URL): boolean
}

/** @param origins of the pages that the job has in its frontier (scheme, host, port) */
export function createJobHosts(origins: Iterable<string>): JobHosts {
  const linked = new Set(origins)
  const redirected = new Set<string>()
  return {
    admitsLink: (address) => admits(linked, new URL(address).origin),
    admitsRedirect: ({ origin }) => linked.has(origin) || admits(redirected, origin),
  }
}

function admits(known: Set<string>, origin: string): boolean {
  if (!known.has(origin) && known.size >= HOSTS_PER_JOB) return false
  known.add(origin)
  return true
}

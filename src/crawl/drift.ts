import { type CountedField, type Shares, sharesOf } from '../sites/coverage.ts'
import type { Coverage } from '../sites/product.ts'
import type { Site } from '../sites/site.ts'
import { ADOPT_JOBS, DRIFT_JOBS, DRIFT_PRODUCTS, FALLEN_PART, MEMORY_WEIGHT, USUAL_SHARE } from './limits.ts'

/** What is remembered of a route: how its products usually are filled. */
export interface Usual {
  /** Jobs that were learned from. */
  jobs: number
  shares: Shares
  /** Jobs in a row, the newest among them, whose products fell below. */
  falls: number
}

/** Shares below which a usual field has fallen. */
export type Floors = Shares

/**
 * The name under which a job's coverage is remembered: the shop; for a site that reads any shop, the shop's host too,
 * because one shop is no measure for another.
 */
export function memoryName(site: Site, url: string | null): string {
  return site.hosts.length === 0 && url !== null ? `${site.name} ${new URL(url).hostname}` : site.name
}

/** The floors of a route. There are none until enough jobs are remembered. */
export function floorsOf(usual: Usual | undefined): Floors {
  if (!usual || usual.jobs < DRIFT_JOBS) return {}
  const known = Object.entries(usual.shares).filter(([, share]) => share >= USUAL_SHARE)
  return Object.fromEntries(known.map(([field, share]) => [field, share * FALLEN_PART]))
}

/** Fields below their floor. None without products. */
export function fallenIn(floors: Floors, coverage: Coverage): CountedField[] {
  const shares = sharesOf(coverage)
  return (Object.keys(floors) as CountedField[]).filter((field) => (shares[field] ?? 1) < floors[field]!)
}

/** Whether so many products say something about a page's form, and not only about a few goods. */
export const isTelling = (coverage: Coverage): boolean => coverage.products >= DRIFT_PRODUCTS

/** The memory with one more job: the mean of the first few, then the newest weigh more. */
export function learned(usual: Usual | undefined, coverage: Coverage): Usual {
  const jobs = (usual?.jobs ?? 0) + 1
  const weight = Math.max(1 / jobs, MEMORY_WEIGHT)
  const mixed = Object.entries(sharesOf(coverage)).map(([field, share]) => {
    const before = usual?.shares[field as CountedField] ?? share
    return [field, before + (share - before) * weight]
  })
  return { jobs, shares: Object.fromEntries(mixed), falls: 0 }
}

/**
 * The memory after a job that fell: as it was, one fall more. After ADOPT_JOBS falls in a row the shop is taken to have
 * changed for good, and what the newest job shows is the usual from then on.
 */
export function fallen(usual: Usual, coverage: Coverage): Usual {
  const falls = usual.falls + 1
  return falls < ADOPT_JOBS ? { ...usual, falls } : { jobs: DRIFT_JOBS, shares: sharesOf(coverage), falls: 0 }
}

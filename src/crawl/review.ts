import { Refusal } from '../errors.ts'
import type { CountedField } from '../sites/coverage.ts'
import type { Coverage } from '../sites/product.ts'
import type { Site } from '../sites/site.ts'
import type { Emit } from '../telemetry/events.ts'
import { fallen, fallenIn, floorsOf, isTelling, learned, memoryName, type Usual } from './drift.ts'
import type { CoverageStore, EvidenceStore, Lease } from './store.ts'

/** What the review of a job stands on. */
export interface ReviewParts {
  coverage: CoverageStore
  evidence: EvidenceStore
  emit: Emit
}

/** A field that far fewer products of a route have than usual. */
interface Fall {
  route: string
  field: CountedField
  coverage: Coverage
  usual: number
}

/** The code of pages that were kept because they show a fall. */
export const FALL_EVIDENCE = 'coverage.fell'

/**
 * Compares what a job has stored with what is remembered of the shop, before the job ends: a field that has suddenly
 * fallen is a warning of the job and an event; a job without a fall is learned from. A memory that cannot be kept (a
 * full disk) is no reason not to end.
 * @throws StaleLease
 */
export async function reviewCoverage(parts: ReviewParts, lease: Lease, site: Site, url: string | null): Promise<void> {
  try {
    await review(parts, lease, site, memoryName(site, url))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

async function review(parts: ReviewParts, lease: Lease, site: Site, name: string): Promise<void> {
  const routes = Object.entries(await parts.coverage.ofJob(lease.jobId)).filter(([, it]) => isTelling(it))
  if (routes.length === 0) return
  for (const [route, coverage] of routes) {
    parts.emit('coverage.measured', { job: lease.jobId, site: site.name, route, shares: sharesOf(coverage) })
  }
  const usual = await parts.coverage.usual(name)
  const falls = routes.flatMap(([route, coverage]) => fallsOf(route, usual[route], coverage))
  if (falls.length === 0) {
    const memory = routes.map(([route, coverage]) => [route, learned(usual[route], coverage)])
    return parts.coverage.remember(lease, name, Object.fromEntries(memory))
  }
  await parts.coverage.warn(lease, warningsOf(falls))
  await rememberFalls(parts, lease, name, usual, falls)
  await tell(parts, lease, site, falls)
}

const sharesOf = ({ products, ...counts }: Coverage): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([field, count]) => [field, (count ?? 0) / products]))

/** Nothing is learned of a job that fell but that it did; a fall that stays becomes the usual in the end. */
async function rememberFalls(
  parts: ReviewParts,
  lease: Lease,
  name: string,
  usual: Record<string, Usual>,
  falls: Fall[],
): Promise<void> {
  const memory = new Map(falls.map(({ route, coverage }) => [route, fallen(usual[route]!, coverage)]))
  await parts.coverage.remember(lease, name, Object.fromEntries(memory))
  for (const [route, { falls: left }] of memory) {
    if (left === 0) parts.emit('coverage.adopted', { job: lease.jobId, name, route })
  }
}

const fallsOf = (route: string, usual: Usual | undefined, coverage: Coverage): Fall[] =>
  fallenIn(floorsOf(usual), coverage).map((field) => ({ route, field, coverage, usual: usual!.shares[field]! }))

/** How many products lack each fallen field. */
function warningsOf(falls: Fall[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { field, coverage } of falls) {
    const code = `coverage.${field}`
    counts[code] = (counts[code] ?? 0) + coverage.products - (coverage[field] ?? 0)
  }
  return counts
}

async function tell(parts: ReviewParts, lease: Lease, site: Site, falls: Fall[]): Promise<void> {
  const evidence = (await parts.evidence.find(lease.jobId, FALL_EVIDENCE)) ?? ''
  for (const { route, field, coverage, usual } of falls) {
    parts.emit('coverage.fell', {
      job: lease.jobId,
      site: site.name,
      route,
      field,
      percent: percentOf((coverage[field] ?? 0) / coverage.products),
      usual: percentOf(usual),
      evidence,
    })
  }
}

const percentOf = (share: number): number => Math.round(share * 100)

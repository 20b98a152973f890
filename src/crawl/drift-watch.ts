import { addCoverage } from '../sites/coverage.ts'
import type { Coverage } from '../sites/product.ts'
import { type Floors, fallenIn, floorsOf, isTelling, type Usual } from './drift.ts'
import type { ParsedPage } from './parse.ts'

/** Looks over one attempt's pages, so that one which shows a fall is kept while it is at hand. */
export interface DriftWatch {
  /** What the parser compares pages with, by route: where evidence is still wanted. */
  floors(): Record<string, Floors>
  /** Counts a page in. @returns whether it is to be kept: its route has fallen, and the page shows it */
  isEvidence(page: ParsedPage): boolean
}

/**
 * A watch over an attempt. One page a route is kept.
 * @param usual what is remembered, by route
 * @param stored coverage of what earlier attempts have stored, by route
 */
export function createDriftWatch(usual: Record<string, Usual>, stored: Record<string, Coverage>): DriftWatch {
  const floors = new Map(Object.entries(usual).map(([route, it]) => [route, floorsOf(it)]))
  const counted = new Map(Object.entries(stored))
  return {
    floors: () => Object.fromEntries(floors),
    isEvidence: ({ route, products, lacks }) => {
      const wanted = route === null ? undefined : floors.get(route)
      if (route === null || !wanted) return false
      const coverage = addCoverage(counted.get(route) ?? { products: 0 }, products)
      counted.set(route, coverage)
      if (!lacks || !isTelling(coverage) || fallenIn(wanted, coverage).length === 0) return false
      return floors.delete(route)
    },
  }
}

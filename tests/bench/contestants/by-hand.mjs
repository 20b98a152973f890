import { Pool } from 'undici'

/** Requests at once, as for the program. */
const AT_ONCE = 8

/**
 * A crawler as people write it for one job: undici, a reader, an array. No store, no robots.txt, no limits, no guard.
 * @param readers by kind of workload: text of a page → { products, links }
 */
export function byHand(readers) {
  return async ({ origin }) => {
    const pool = new Pool(origin, { connections: AT_ONCE })
    const fetchText = async (path) => {
      const { body } = await pool.request({ path, method: 'GET' })
      return body.text()
    }
    return {
      async crawl({ kind, asks }) {
        const products = []
        const read = async (path) => {
          const found = readers[kind](await fetchText(path), origin)
          products.push(...found.products)
          return found.links ?? []
        }
        const links = await inParallel(
          asks.flatMap(({ paths }) => paths),
          read,
        )
        await inParallel(links.flat(), read)
        return () => products
      },
      close: () => pool.close(),
    }
  }
}

/** Runs an act over items, AT_ONCE at a time, in order. */
export async function inParallel(items, act) {
  const results = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const at = next
      next += 1
      results[at] = await act(items[at])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

export { AT_ONCE }

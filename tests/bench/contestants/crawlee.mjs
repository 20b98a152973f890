import { createRequire } from 'node:module'
import { AT_ONCE } from './by-hand.mjs'
import { SELECTORS } from './selectors.mjs'

const require = createRequire(new URL('../peers/package.json', import.meta.url))
const { CheerioCrawler, Configuration, log, LogLevel } = require('@crawlee/cheerio')

/**
 * Crawlee's CheerioCrawler with everything off that would slow it: nothing on disk, no sessions, no ramp of concurrency.
 */
export async function open({ origin }) {
  log.setLevel(LogLevel.ERROR)
  return {
    async crawl({ kind, asks }) {
      const products = []
      const options = {
        minConcurrency: AT_ONCE,
        maxConcurrency: AT_ONCE,
        useSessionPool: false,
        maxRequestRetries: 0,
        async requestHandler({ $ }) {
          const found = SELECTORS[kind]($, origin)
          products.push(...found.products)
          const links = found.links ?? []
          if (links.length > 0) await crawler.addRequests(links.map((path) => origin + path))
        },
        failedRequestHandler({ request }, error) {
          throw new Error(`${request.url}: ${error.message}`)
        },
      }
      const configuration = new Configuration({ persistStorage: false, purgeOnStart: true })
      const crawler = new CheerioCrawler(options, configuration)
      await crawler.run(asks.flatMap(({ paths }) => paths.map((path) => origin + path)))
      await crawler.teardown()
      return () => products
    },
    async close() {},
  }
}

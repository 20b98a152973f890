/** Products a listing page. */
export const LISTED = 40

const searchPath = (words, page) => `/search.ssg?target=all&query=${encodeURIComponent(words)}&page=${page}`

/** A search for one part of the catalogue, `pages` long. */
export function search(first, pages) {
  const words = `노트북 ${first}-${first + pages * LISTED}`
  const paths = Array.from({ length: pages }, (_, index) => searchPath(words, index + 1))
  return { site: 'ssg', words, path: null, limit: pages * LISTED, paths }
}

/** @param users so many people, each with `pages` listings of their own where the catalogue allows */
function listings(form, users, pages) {
  const asks = Array.from({ length: users }, (_, user) =>
    search((user * pages * LISTED) % (10_000 - pages * LISTED + 1), pages),
  )
  return { kind: form, shop: { form }, asks, pages: users * pages, products: users * pages * LISTED }
}

/** Lists that name `products` pages. */
function web(products) {
  const pages = Math.ceil(products / LISTED)
  const paths = Array.from({ length: pages }, (_, index) => (index === 0 ? '/web/list' : `/web/list?page=${index + 1}`))
  const asks = [{ site: 'web', words: '', path: '/web/list', limit: products, paths }]
  return { kind: 'web', shop: { listed: products }, asks, pages: pages + products, products }
}

const PEERS = ['shopcrawl', 'discard', 'htmlparser2', 'cheerio', 'crawlee']

/**
 * What is run. `compare` ones are run by all contestants, the rest by the program alone.
 * @param isQuick smaller, for a look in less than a minute
 */
export function workloads(isQuick) {
  const [users, pages] = isQuick ? [4, 10] : [8, 25]
  const one = users * pages
  // The warm-up is the workload itself: a service has long been warm, and so may the others be.
  const compare = (name, title, load) => ({ name, title, contestants: PEERS, load, warmUp: load })
  const crowd = ([count, latencyMs]) => ({
    name: `users-${count}-${latencyMs}ms`,
    title: `${count} users, two listings each, ${latencyMs} ms of latency`,
    contestants: ['shopcrawl'],
    load: { ...listings('state', count, 2), latencyMs },
    warmUp: listings('state', 8, 2),
    env: { CRAWL_CONCURRENCY: '64' },
  })
  const sizes = isQuick ? [[20, 50]] : [1, 20, 100, 1_000].flatMap((count) => [0, 50, 200].map((ms) => [count, ms]))
  return [
    compare('cards', `${users * pages} listings, selectors only`, listings('cards', users, pages)),
    compare('state', `${users * pages} listings, embedded state`, listings('state', users, pages)),
    compare('web', `${isQuick ? 2 : 5} listings and ${isQuick ? 80 : 200} pages with JSON-LD`, web(isQuick ? 80 : 200)),
    {
      ...compare('one', `one crawl of ${one} listings, selectors only`, listings('cards', 1, one)),
      contestants: ['shopcrawl'],
    },
    ...sizes.map(crowd),
    loop(isQuick),
    acknowledgement(isQuick),
    ...memory(isQuick),
    ...fairness(isQuick),
    admin(isQuick),
  ]
}

/** One after another, as somebody who looks again and again. */
function admin(isQuick) {
  const shown = (pages) => ({ asks: [], pages, products: 0 })
  return {
    name: 'admin',
    title: 'the administrator’s first screen over 100,000 jobs and 5,000 users',
    contestants: ['admin'],
    load: shown(isQuick ? 5 : 30),
    warmUp: shown(3),
  }
}

function loop(isQuick) {
  const [count, pages] = isQuick ? [20, 2] : [200, 5]
  return {
    name: 'loop',
    title: `${count} crawls at full speed`,
    contestants: ['shopcrawl'],
    load: listings('state', count, pages),
    warmUp: listings('state', 8, 2),
    env: { CRAWL_JOBS: String(count), CRAWL_CONCURRENCY: '64' },
  }
}

/** The same crawls while people type commands on Slack and Discord. */
function acknowledgement(isQuick) {
  const crawls = loop(isQuick)
  const pages = isQuick ? 4 : 10
  return {
    ...crawls,
    name: 'ack',
    title: `${crawls.load.asks.length} crawls at full speed, 40 commands a second beside`,
    contestants: ['chat'],
    load: listings('state', crawls.load.asks.length, pages),
  }
}

/** Each number of jobs in a process of its own; all of them run at the same time. */
function memory(isQuick) {
  return (isQuick ? [] : [100, 1_000]).map((count) => ({
    name: `memory-${count}`,
    title: `${count} jobs at once, 200 ms of latency`,
    contestants: ['shopcrawl'],
    load: { ...listings('state', count, 3), latencyMs: 200 },
    warmUp: listings('state', 8, 2),
    env: { CRAWL_JOBS: String(count), CRAWL_CONCURRENCY: '64' },
  }))
}

function fairness(isQuick) {
  const small = isQuick ? 10 : 30
  const load = { ...web(10_000), asks: [{ ...web(small).asks[0] }], pages: small + 1, products: small }
  const base = {
    contestants: ['shopcrawl'],
    warmUp: listings('state', 1, 1),
    env: { CRAWL_RATE: '10', CRAWL_CONCURRENCY: '2' },
  }
  return [
    { ...base, name: 'fair-alone', title: `${small} products, 10 requests a second, alone`, load },
    {
      ...base,
      name: 'fair-beside',
      title: 'the same beside a crawl of 10,000 products',
      load: { ...load, beside: web(10_000).asks },
    },
  ]
}

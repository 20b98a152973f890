import { Pool } from 'undici'
import { AT_ONCE, inParallel } from './by-hand.mjs'
import { readLd } from './fields.mjs'

/** Fetches and throws away: the limit of what any crawler could reach. It reads the web shop's lists for their links only. */
export async function open({ origin }) {
  const pool = new Pool(origin, { connections: AT_ONCE })
  const fetchPage = async (path) => {
    const { body } = await pool.request({ path, method: 'GET' })
    return body
  }
  const discard = async (path) => {
    for await (const _chunk of await fetchPage(path));
  }
  const linksOf = async (path) => {
    const html = await (await fetchPage(path)).text()
    const from = html.indexOf('application/ld+json">') + 'application/ld+json">'.length
    return readLd(html.slice(from, html.indexOf('</script', from)), origin).links
  }
  return {
    async crawl({ kind, asks }) {
      const paths = asks.flatMap((ask) => ask.paths)
      const links = kind === 'web' ? (await inParallel(paths, linksOf)).flat() : paths
      await inParallel(links, discard)
    },
    close: () => pool.close(),
  }
}

import { parsePage } from '../../../dist/src/crawl/parse-page.js'
import ssg from '../../../dist/src/sites/shops/ssg.js'

/** SSG whose cards are misread by the fast road alone: every name ends in a mark. */
const site = {
  ...ssg,
  routes: ssg.routes.map((route) =>
    route.name !== 'emart cards'
      ? route
      : {
          ...route,
          read(page, ask) {
            const reading = route.read(page, ask)
            return { ...reading, products: reading.products.map((it) => ({ ...it, name: `${it.name} (misread)` })) }
          },
        },
  ),
}

/** Parses a page by a shop whose fast road and slow road differ. */
export default function parse(input) {
  return parsePage(site, input)
}

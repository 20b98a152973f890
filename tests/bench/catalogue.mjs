import { compiled } from './dist.mjs'

const { createCatalogue } = await compiled('demo/catalogue.js')

/** What the shop of the benchmarks sells; its search ends after 250 pages of 40. */
export const catalogue = createCatalogue({ products: 10_000 })

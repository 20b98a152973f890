import { load } from 'cheerio'
import { byHand } from './by-hand.mjs'
import { SELECTORS } from './selectors.mjs'

/** undici and cheerio, by hand. */
export const open = byHand(
  Object.fromEntries(
    Object.entries(SELECTORS).map(([kind, read]) => [kind, (html, origin) => read(load(html), origin)]),
  ),
)

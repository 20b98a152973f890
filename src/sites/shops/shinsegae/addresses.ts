import type { Route } from '../../site.ts'
import { addressOf, detailOf } from './requests.ts'

/** Products named by one list at most. */
const MAX_LINKS = 1_000
const LINK = /\/display\/detail\/(\d{1,20})(?!\d)/g

/** A list whose cards have another form: its products' pages are read instead, one by one. */
export const addressesOnly: Route = {
  name: 'addresses',
  fits: (page) => page.request.kind === 'list' && page.has('/display/detail/'),
  read(page) {
    const codes = [...new Set([...page.text.matchAll(LINK)].map((found) => found[1]!))].slice(0, MAX_LINKS)
    return { products: [], ids: codes.map(addressOf), next: codes.map((code) => detailOf(code, page.request)) }
  },
}

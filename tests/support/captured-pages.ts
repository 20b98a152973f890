import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { ParseInput } from '../../src/crawl/parse.ts'
import type { ProductDraft } from '../../src/sites/product.ts'
import type { SiteRequest } from '../../src/sites/site.ts'
import { requestFor } from './parsing.ts'

const FOLDER = new URL('../sites/pages/', import.meta.url)

/** A page of a shop as it was captured, with what must be read of it. */
export interface CapturedPage {
  file: string
  body: Uint8Array
  /** How it was asked for; for `parse`. */
  input: Partial<ParseInput>
  products: ProductDraft[]
}

/** `expected.json` of a shop. */
interface Expected {
  /** A person has compared the products with the page. */
  checked: boolean
  pages: {
    file: string
    /** The page's public address. */
    url: string
    kind?: SiteRequest['kind']
    contentType?: string
    products: ProductDraft[]
  }[]
}

/** Names of the shops that have a folder of captured pages. */
export const shopsWithPages = (): string[] => readdirSync(fileURLToPath(FOLDER))

/** What is expected of a shop's captured pages, as written. */
export const expectedOf = (shop: string): Expected =>
  JSON.parse(readFileSync(new URL(`${shop}/expected.json`, FOLDER), 'utf8'))

/** The captured pages of a shop, in the order of its `expected.json`; packed ones are unpacked. */
export function capturedPages(shop: string): CapturedPage[] {
  return expectedOf(shop).pages.map(({ file, url, kind = 'list', contentType = 'text/html', products }) => {
    const bytes = readFileSync(new URL(`${shop}/${file}`, FOLDER))
    const body = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    return { file, body, products, input: { url, contentType, request: requestFor(url, { kind }) } }
  })
}

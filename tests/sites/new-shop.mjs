// npm run new-shop NAME -- --page FILE --url URL: lays a shop's file, its captured page with the products that the page
// itself names, and its test (docs/adding-a-shop.md). Writes nothing over what is there. Reads through the compiled
// program, which it compiles before and after.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { getDomain } from 'tldts'

const USAGE =
  'usage: npm run new-shop NAME -- --page FILE --url URL   (FILE: the saved page, .gz too; URL: its address)'
/** Larger pages are stored packed. */
const PACKED_FROM_BYTES = 20_000

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error && error.name !== 'Error' ? error : error.message)
  process.exit(2)
}

async function main(argv) {
  const { name, page, url } = readArguments(argv)
  build()
  const { loadSites } = await compiled('src/sites/registry.ts')
  refuseKnown(await loadSites({ origins: {} }), name, url)
  const bytes = readFileSync(page)
  const body = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  const shop = { file: `src/sites/shops/${name}.ts`, text: shopText(name, url) }
  const folder = `tests/sites/pages/${name}`
  const test = { file: `tests/sites/${name}.test.ts`, text: testText(name) }
  for (const path of [shop.file, folder, test.file])
    if (existsSync(at(path))) throw new Error(`${path} is there already`)

  write(shop.file, shop.text)
  const isJson = /^\s*[[{]/.test(body.subarray(0, 100).toString('latin1'))
  const contentType = isJson ? 'application/json' : 'text/html'
  const isPacked = body.length > PACKED_FROM_BYTES
  const file = `page.${isJson ? 'json' : 'html'}${isPacked ? '.gz' : ''}`
  const products = await productsOn(shop.file, body, url, contentType)
  write(`${folder}/${file}`, isPacked ? gzipSync(body, { level: 9 }) : body)
  const pages = [{ file, url: url.href, contentType, products }]
  write(`${folder}/expected.json`, `${JSON.stringify({ checked: false, pages }, null, 2)}\n`)
  write(test.file, test.text)
  tellNext(name, products.length)
}

function readArguments(argv) {
  const options = { page: { type: 'string' }, url: { type: 'string' } }
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  const [name] = positionals
  if (positionals.length !== 1 || !values.page || !values.url) throw new Error(USAGE)
  if (!/^[a-z][a-z0-9]{1,29}$/.test(name)) throw new Error(`${name}: a shop's name is lower-case letters and digits`)
  if (!URL.canParse(values.url) || !/^https?:$/.test(new URL(values.url).protocol)) throw new Error(USAGE)
  if (!existsSync(values.page)) throw new Error(`${values.page}: there is no such file`)
  return { name, page: values.page, url: new URL(values.url) }
}

function refuseKnown(sites, name, url) {
  const same = sites.resolve(name)?.site
  if (same) throw new Error(`${name} already means ${same.name}`)
  const owner = sites.siteOf(url).name
  if (owner !== 'web') throw new Error(`${url.hostname} is read by ${owner}`)
}

/** What the new shop's own route reads of the page: the start of what is expected, for a person to check. */
async function productsOn(shopFile, body, url, contentType) {
  build()
  const { default: site } = await compiled(shopFile)
  const { explainPage } = await compiled('src/crawl/explain.ts')
  const request = { method: 'GET', url: url.href, kind: 'list', group: 0, list: 0, page: 1 }
  const ask = { words: '', url: url.href, limit: 100, today: new Date().toISOString().slice(0, 10) }
  const about = { site: site.name, request, url: url.href, status: 200, contentType, ask, isSuspect: false }
  return explainPage(site, { ...about, body: new Uint8Array(body) }).page.products
}

function at(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

function build() {
  const { status } = spawnSync(process.execPath, [at('.ci/build.mjs')], { stdio: 'inherit' })
  if (status !== 0) throw new Error('the program does not compile: npx tsc --noEmit tells why')
}

function compiled(path) {
  return import(new URL(`../../dist/${path.replace(/\.ts$/, '.js')}`, import.meta.url).href)
}

function write(path, content) {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), content, { flag: 'wx' })
  console.log(`wrote ${path}`)
}

function tellNext(name, count) {
  const found = count === 0 ? 'No product was read from the page: it has no JSON-LD that names one.' : `${count} read.`
  console.log(`${found} Next (docs/adding-a-shop.md):
1. compare tests/sites/pages/${name}/expected.json with the page, mend what is wrong, set "checked": true
2. src/sites/shops/${name}.ts: labels, aliases, example, front list, texts of empty and block pages
3. npx vitest run tests/sites/${name}.test.ts tests/sites/every-shop.test.ts && npm run check`)
}

function shopText(name, url) {
  const domain = getDomain(url.hostname, { allowPrivateDomains: true }) ?? url.hostname
  const origin = `https://${url.hostname}`
  return `import { readJsonLdAll } from '../extract/json-ld.ts'
import { type Outline, outlineOf, readOutline } from '../extract/outline.ts'
import { readSchema } from '../extract/schema-product.ts'
import type { Page, Reading, Site } from '../site.ts'
import { readFrom } from './web/reading.ts'

/** The list that is crawled when nobody names an address. */
const FRONT_LIST = '${origin}/'

const byJsonLd = (page: Page, outline: Outline): Reading =>
  readFrom(page, outline, ({ base, local }) => readSchema(readJsonLdAll(outline.jsonLd), base, local))

/** ${domain}: its pages name their products in JSON-LD. */
export default {
  name: '${name}',
  label: { ko: '${name}', en: '${name}' },
  aliases: [],
  example: '${name} 노트북',
  origin: '${origin}',
  hosts: ['${domain}', '.${domain}'],
  search: 'filter',
  start: ({ url }) => [{ method: 'GET', url: url ?? FRONT_LIST, kind: 'list', group: 0, list: 0, page: 1, depth: 0 }],
  routes: [
    {
      name: 'json-ld',
      fits: (page) => page.has('ld+json'),
      read: (page) => byJsonLd(page, readOutline(page.markup)),
      readSlow: (page) => byJsonLd(page, outlineOf(page.dom())),
    },
  ],
  empty: [],
  blocked: [],
} satisfies Site
`
}

function testText(name) {
  return `import { expect, test } from 'vitest'
import site from '../../src/sites/shops/${name}.ts'
import { capturedPages } from '../support/captured-pages.ts'
import { parse } from '../support/parsing.ts'

const pages = capturedPages('${name}')

test.each(pages)('$file gives the products that a person sees on it', ({ body, input, products }) => {
  expect(products.length).toBeGreaterThan(0)
  expect(parse(site, body, input)).toMatchObject({ verdict: 'products', products })
})
`
}

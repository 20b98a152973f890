import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const URL_OF_PAGE = 'https://www.kettles.example/products/k-1'
const PAGE = `<!doctype html><html lang="en"><head><title>Kettle</title>
<script type="application/ld+json">{"@type":"Product","name":"Kettle","sku":"K-1","url":"/products/k-1","offers":{"@type":"Offer","price":"49.90","priceCurrency":"EUR","availability":"https://schema.org/OutOfStock"}}</script>
</head><body>${'<p>boiling</p>'.repeat(2_000)}</body></html>`

const copy = mkdtempSync(join(tmpdir(), 'shopcrawl-new-shop-'))
const page = join(copy, 'saved.html')
beforeAll(() => {
  const left = new Set(['node_modules', 'dist', '.git', 'data', 'tests/bench'])
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !left.has(relative(ROOT, path)) })
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'))
  writeFileSync(page, PAGE)
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const env = { ...process.env, TEST_REPORT: '' }
const run = (args: string[]) => spawnSync('npm', ['run', '-s', ...args], { cwd: copy, encoding: 'utf8', env })
const generate = (...args: string[]) => run(['new-shop', '--', ...args])
const tool = (name: string, args: string[]) =>
  execFileSync(join(copy, 'node_modules/.bin', name), args, { cwd: copy, env })
const read = (path: string) => readFileSync(join(copy, path), 'utf8')

test('a new shop is laid, compiles, passes the linter, and its test reads the captured page', () => {
  const laid = generate('kettles', '--page', page, '--url', URL_OF_PAGE)
  expect({ status: laid.status, stderr: laid.stderr }).toEqual({ status: 0, stderr: '' })
  const expected = JSON.parse(read('tests/sites/pages/kettles/expected.json'))
  expect(expected).toMatchObject({
    checked: false,
    pages: [{ file: 'page.html.gz', url: URL_OF_PAGE, products: [{ id: 'K-1', price: 49.9, inStock: false }] }],
  })
  tool('tsc', ['--noEmit'])
  tool('biome', ['check', '--vcs-enabled=false', 'src/sites/shops/kettles.ts', 'tests/sites/kettles.test.ts'])
  const report = join(copy, 'report.json')
  tool('vitest', ['run', 'tests/sites/kettles.test.ts', '--reporter=json', `--outputFile=${report}`])
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ numPassedTests: 1, numFailedTests: 0 })
}, 300_000)

test.each([
  ['a shop that is there', ['ssg', '--page', page, '--url', URL_OF_PAGE], 'ssg'],
  ['a word that means one', ['emart', '--page', page, '--url', URL_OF_PAGE], 'ssg'],
  ['an address of another shop', ['newshop', '--page', page, '--url', 'https://emart.ssg.com/x'], 'ssg'],
  ['a name that is no name', ['../x', '--page', page, '--url', URL_OF_PAGE], '../x'],
  ['an absent page', ['newshop', '--page', 'nowhere.html', '--url', URL_OF_PAGE], 'nowhere.html'],
  ['no page', ['newshop', '--url', URL_OF_PAGE], 'usage'],
])('%s is refused, and nothing is written', (_what, args, says) => {
  const { status, stderr } = generate(...args)
  expect(status).toBe(2)
  expect(stderr).toContain(says)
  expect(existsSync(join(copy, 'src/sites/shops/newshop.ts'))).toBe(false)
})

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORMATS, type Format } from '../../src/results/format.ts'
import type { ResultFacts } from '../../src/results/store.ts'
import { writeFile } from '../../src/results/write-file.ts'
import { PRODUCT_FIELDS, type Product } from '../../src/sites/product.ts'
import { factsOf, product, products } from './products.ts'

let folder: string
let files = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shopcrawl-writers-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function* pagesOf(rows: Product[]) {
  for (let start = 0; start < rows.length; start += 1_000) yield rows.slice(start, start + 1_000)
}

async function write(format: Format, rows: Product[], changed: Partial<ResultFacts> = {}, maxBytes?: number) {
  files += 1
  const path = join(folder, `${files}.${format}`)
  const about = { facts: factsOf(rows, changed), timeZone: 'Asia/Seoul' }
  const written = await writeFile({ path, format, about, mode: 0o600, maxBytes }, pagesOf(rows))
  return { ...written, path }
}

const entry = (path: string, name: string): string => strFromU8(unzipSync(readFileSync(path))[name]!)
const rowOf = (it: Product) => PRODUCT_FIELDS.map((field) => it[field])
const blank = product(3, {
  brand: null,
  seller: null,
  price: null,
  originalPrice: null,
  discountRate: null,
  currency: null,
  rating: null,
  reviewCount: null,
  inStock: null,
  url: null,
  imageUrl: null,
  category: null,
})

/** A plain reader of RFC 4180, so that the writer's own library does not check itself. */
function readCsv(text: string): string[][] {
  const records: string[][] = [[]]
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    records.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (match[3] === '\r\n') records.push([])
  }
  return records.slice(0, -1)
}

describe('an XLSX file', () => {
  test('gives another reader the same rows, with numbers, truth values and dates as such', async () => {
    const rows = [...products(2), blank]
    const { path } = await write('xlsx', rows)
    const [header, ...read] = await readSheet(path, '상품')
    expect(header).toEqual([...PRODUCT_FIELDS])
    const typed = rows.map((row) => rowOf(row).map((value, index) => (index === 17 ? new Date(String(value)) : value)))
    expect(read).toEqual(typed)
  })

  test('tells in a second sheet what was asked and what came of it, in the language of the owner', async () => {
    const { path } = await write('xlsx', products(4))
    const rows = await readSheet(path, '요약')
    const korean = new Map(rows.map((row) => [row[0], row[1]]))
    expect(korean.get('검색어')).toBe('노트북')
    expect(korean.get('끝')).toEqual(new Date('2026-11-24T15:30:00Z')) // on Seoul's clock
    expect(rows.find(([label]) => label === '끝')![3]).toBe('Asia/Seoul')
    expect(korean.get('걸린 시간')).toEqual(new Date('1899-12-30T00:01:00Z')) // a span is a date from the first day
    expect(korean.get('종료 사유')).toBe('목록을 끝까지 읽었습니다.')
    expect(korean.get('가장 낮은 가격 (KRW)')).toBe(1_299_001)
    expect(korean.get('가장 높은 가격 (KRW)')).toBe(1_299_004)
    expect(rows.find(([label]) => label === 'price')!.slice(2)).toEqual([4, 1])
    expect(korean.get('상품')).toBe(4)
    expect(korean.get('결과')).toBe('전체')
    expect(korean.get('embedded state')).toBe(3)
    expect(korean.get('price')).toBe('판매가')

    const failed = await write('xlsx', products(1), {
      locale: 'en',
      state: 'failed',
      code: 'page.timeout',
      codeFacts: { host: 'www.ssg.com', seconds: 60 },
    })
    const english = new Map((await readSheet(failed.path, 'Summary')).map((row) => [row[0], row[1]]))
    expect(english.get('Result')).toBe('Only a part.')
    expect(english.get('Why it ended')).toMatch(/www\.ssg\.com/)
  })

  test('keeps hostile text as text: no formula, no control characters, no longer than a cell', async () => {
    const names = ['=cmd|"/c calc"!A1', '+1', '@SUM(1)', 'a\u0000b\u001bc', '가'.repeat(40_000), '🙂'.repeat(20_000)]
    const more = ['\u202eRTL שלום', '<b>&amp;</b>', '_x0041_', ' spaced ', 'half \ud83d', 'line\r\nbreak']
    const rows = [...names, ...more].map((name, index) => product(index + 1, { name, url: 'javascript:alert(1)' }))
    const { path } = await write('xlsx', rows)
    const sheet = entry(path, 'xl/worksheets/sheet1.xml')
    expect(sheet).not.toContain('<f>')
    expect(sheet).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
    const read = (await readSheet(path, '상품', { trim: false })).slice(1).map((row) => String(row[2]))
    expect(read.slice(0, 4)).toEqual(['=cmd|"/c calc"!A1', '+1', '@SUM(1)', 'abc'])
    expect(read[4]).toBe(`${'가'.repeat(32_766)}…`)
    expect(read[5]).toBe(`${'🙂'.repeat(16_383)}…`)
    expect(read.slice(6)).toEqual([
      '\u202eRTL שלום',
      '<b>&amp;</b>',
      '_x0041_',
      ' spaced ',
      'half \ufffd',
      'line\nbreak',
    ])
    expect(entry(path, 'xl/worksheets/_rels/sheet1.xml.rels')).not.toContain('javascript')
  })

  test('freezes its header, filters by it, and links http and https addresses alone', async () => {
    const rows = [
      product(1),
      product(2, { url: 'ftp://a.example/', imageUrl: `https://a.example/${'x'.repeat(2_100)}` }),
    ]
    const { path } = await write('xlsx', rows)
    const sheet = entry(path, 'xl/worksheets/sheet1.xml')
    expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
    expect(sheet).toContain('<autoFilter ref="A1:R3"/>')
    const targets = [...entry(path, 'xl/worksheets/_rels/sheet1.xml.rels').matchAll(/Target="([^"]*)"/g)]
    expect(targets.map((match) => match[1])).toEqual([
      'https://www.ssg.com/item/itemView.ssg?itemId=1&amp;siteNo=6001',
      'https://sitem.ssgcdn.com/1.jpg',
    ])
  })

  test('holds 65,530 links and shows the addresses after them as text', async () => {
    const { path } = await write('xlsx', products(32_770))
    const sheet = entry(path, 'xl/worksheets/sheet1.xml')
    expect(sheet.match(/<hyperlink /g)).toHaveLength(65_530)
    expect(sheet).toContain('<hyperlink ref="N32766"')
    expect(sheet).toMatch(/<c r="M32767" s="2" t="inlineStr">/)
  })
})

describe('a CSV file', () => {
  test('starts with a byte order mark, ends lines with CRLF, and leaves absent values empty', async () => {
    const { path } = await write('csv', [product(1), blank])
    const text = readFileSync(path, 'utf8')
    expect(text.startsWith('\ufeffsite,id,name,')).toBe(true)
    expect(text.endsWith('\r\n')).toBe(true)
    const [, first, second] = readCsv(text.slice(1))
    expect(first).toEqual(rowOf(product(1)).map(String))
    expect(second).toEqual(rowOf(blank).map((value) => (value === null ? '' : String(value))))
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['\nx', "'\nx"],
    ['\u0000x', "'x"],
    ['\u0000=1', "'=1"],
    [' =1', "' =1"],
    ['\u202e=1', "'\u202e=1"],
    ['\uff1d1', "'\uff1d1"],
    ['\uff0b1', "'\uff0b1"],
    ['\uff0d1', "'\uff0d1"],
    ['\uff201', "'\uff201"],
    ['a=1', 'a=1'],
    ['say "hi", 안녕', 'say "hi", 안녕'],
  ])('writes %j so that no spreadsheet runs it', async (name, shown) => {
    const { path } = await write('csv', [product(1, { name })])
    expect(readCsv(readFileSync(path, 'utf8'))[1]![2]).toBe(shown)
  })

  test('leaves a negative number a number', async () => {
    const { path } = await write('csv', [product(1, { price: -5 })])
    expect(readCsv(readFileSync(path, 'utf8'))[1]![5]).toBe('-5')
  })
})

describe('JSON and JSON lines', () => {
  test('hold the same records, keys in the order of the columns, absent values null', async () => {
    const rows = [product(1), blank]
    const json = await write('json', rows)
    const lines = await write('jsonl', rows)
    const read = JSON.parse(readFileSync(json.path, 'utf8'))
    expect(read).toEqual(rows)
    expect(Object.keys(read[1])).toEqual([...PRODUCT_FIELDS])
    const parsed = readFileSync(lines.path, 'utf8').trimEnd().split('\n')
    expect(parsed.map((line) => JSON.parse(line))).toEqual(rows)
  })

  test('stay one array and one line a record without any product', async () => {
    expect(JSON.parse(readFileSync((await write('json', [])).path, 'utf8'))).toEqual([])
    expect(readFileSync((await write('jsonl', [])).path, 'utf8')).toBe('')
  })
})

describe('any file', () => {
  test.each(FORMATS)(
    'as %s is no larger than allowed, stays readable, and says how many rows it has',
    async (format) => {
      const rows = Array.from({ length: 12_000 }, (_, index) =>
        product(index, { name: `${Math.sin(index)}`.repeat(4) }),
      )
      const most = 600 * 1024
      const { path, bytes, rows: written } = await write(format, rows, {}, most)
      expect(bytes).toBe(statSync(path).size)
      expect(bytes).toBeLessThanOrEqual(most)
      expect(written).toBeGreaterThan(100)
      expect(written).toBeLessThan(rows.length)
      if (format === 'json') expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(written)
      if (format === 'xlsx') {
        expect(await readSheet(path, '상품')).toHaveLength(written + 1)
        const summary = new Map((await readSheet(path, '요약')).map((row) => [row[0], row[1]]))
        expect(summary.get('파일 크기 한도를 넘어 빠진 상품')).toBe(rows.length - written)
      }
    },
  )

  test.each(FORMATS)('as %s has the same bytes when the same rows are written again', async (format) => {
    const [first, second] = [await write(format, products(50)), await write(format, products(50))]
    expect(readFileSync(first.path).equals(readFileSync(second.path))).toBe(true)
  })

  test('is readable by its owner alone', async () => {
    expect(statSync((await write('csv', [])).path).mode & 0o777).toBe(0o600)
  })
})

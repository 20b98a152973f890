import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, settingsFor } from '../support/cli.ts'
import { callCli } from '../support/cli-here.ts'
import { openShopServer, type ShopServer } from '../support/shop-server.ts'
import { makeFolder } from '../support/store-house.ts'

let shop: ShopServer
let folder: string
beforeAll(async () => {
  shop = await openShopServer()
  folder = makeFolder()
  mkdirSync(join(folder, 'a-folder.csv'))
})
afterAll(async () => {
  await shop.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (args: string[], env: NodeJS.Dict<string> = {}) =>
  callCli(args, { env: settingsFor(join(folder, 'data'), shop, env), cwd: folder })

/** Sentences are one line, of whole words, and never a stack. */
function expectSentence(stderr: string, part: string | RegExp): void {
  expect(stderr).toMatch(part)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/\n\s+at |Error:|undefined|\[object|\bE[A-Z]{4,}\b/)
}

const WRONG: [string, string[], string | RegExp][] = [
  ['an unknown shop', ['쿠팡', '노트북'], /쇼핑몰은 모릅니다.*npx shopcrawl sites/],
  ['a misspelt shop', ['sgg', '노트북'], /ssg/],
  ['words of 10,000 characters', ['ssg', 'ㄱ'.repeat(10_000)], '너무 깁니다(10,000자)'],
  ['a limit of -1', ['ssg', 'a', '--limit=-1'], '1부터 10,000까지'],
  ['a limit of 0', ['ssg', 'a', '--limit', '0'], '1부터 10,000까지'],
  ['a limit of abc', ['ssg', 'a', '--limit', 'abc'], '1부터 10,000까지'],
  ['a limit of 1e9', ['ssg', 'a', '--limit', '1e9'], '1부터 10,000까지'],
  ['a limit above the highest', ['ssg', 'a', '--limit', '10001'], '1부터 10,000까지'],
  ['an unknown format', ['ssg', 'a', '--format', 'pdf'], '형식은 없습니다'],
  ['an ending that is no format', ['ssg', 'a', '--out', 'out.pdf'], '형식은 없습니다'],
  ['an ending against the format', ['ssg', 'a', '--out', 'out.csv', '--format', 'json'], '서로 다릅니다'],
  ['an empty limit', ['ssg', 'a', '--limit', ''], '--limit 뒤에 값이 없습니다'],
  ['an empty format', ['ssg', 'a', '--format', ' '], '--format 뒤에 값이 없습니다'],
  ['an empty file name', ['ssg', 'a', '--out', ''], '--out 뒤에 값이 없습니다'],
  ['a file name without an ending', ['ssg', 'a', '--out', 'noext'], /확장자가 없어.*\.csv.*--format/],
  ['an option that is none', ['ssg', 'a', '--limt', '3'], '혹시 ‘--limit’인가요'],
  ['no shop at all', [], '쇼핑몰|주소'],
  ['an option without its value', ['ssg', '--limit'], '--limit 뒤에 값이 없습니다'],
  ['a file in no folder', ['ssg', 'a', '--out', 'nowhere/out.csv'], '그런 파일이나 폴더가 없음'],
  ['a file where none can be made', ['ssg', 'a', '--out', '/proc/out.csv'], '/proc/out.csv'],
  ['a folder as the file', ['ssg', 'a', '--out', 'a-folder.csv'], '폴더임'],
  ['file://', ['file:///etc/passwd'], 'file 주소는 수집할 수 없습니다'],
  ['http://localhost', ['http://localhost/'], '내부망'],
  ['the metadata address', ['http://169.254.169.254/latest/meta-data/'], '내부망'],
  ['a decimal address', ['http://2130706433/'], '내부망'],
  ['a short address', ['http://127.1/'], '내부망'],
  ['an IPv6-mapped address', ['http://[::ffff:127.0.0.1]/'], '내부망'],
  ['an address with a password', ['https://minji:secret@shop.example/'], '비밀번호가 들어'],
  ['a port that nobody allowed', ['https://shop.example:8443/'], 'CRAWL_PORTS'],
]

describe('shopcrawl crawl refuses, with exit code 2 and one sentence,', () => {
  test.each(WRONG)('%s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await run(['crawl', ...args])
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
    expectSentence(stderr, sentence)
    expect(stderr).not.toContain('secret')
    expect(shop.calls).toEqual([])
  })

  test('a file that another user of the machine may not write', async () => {
    const cannot = process.getuid?.() === 0
    const data = join(folder, 'data-of-nobody')
    mkdirSync(data, { mode: 0o777 })
    writeFileSync(join(folder, 'mine.csv'), 'mine', { mode: 0o600 })
    if (!cannot) return
    const env = settingsFor(data, shop)
    spawnSync('chown', ['65534:65534', data])
    spawnSync('chmod', ['755', folder])
    const { code, stderr } = await runCli(['crawl', 'ssg', 'a', '--out', join(folder, 'mine.csv')], { env, uid: 65534 })
    expect(code, stderr).toBe(2)
    expectSentence(stderr, '권한 없음')
  })
})

if (process.getuid?.() === 0)
  test('shopcrawl crawl without --out asks before it crawls whether the working folder can be written', async () => {
    const data = join(folder, 'data-of-nobody-2')
    mkdirSync(data)
    chownSync(data, 65534, 65534)
    chmodSync(folder, 0o755)
    const { code, stderr } = await runCli(['crawl', 'ssg', 'a'], {
      env: settingsFor(data, shop),
      uid: 65534,
      cwd: folder,
    })
    expect(code, stderr).toBe(2)
    expectSentence(stderr, '--out')
    expect(shop.calls).toEqual([])
  })

describe('shopcrawl', () => {
  test('writes what a terminal would obey so that it is seen', async () => {
    const { code, stderr } = await run(['crawl', '\u001b[2Jshop\u202e', 'a'])
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/\u001b|\u202e/)
  })

  test('speaks its help in the person’s language, all of it', async () => {
    for (const args of [['--help'], ['crawl', '--help'], ['help', 'try']]) {
      const { code, stdout } = await run(args)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^사용법: shopcrawl /)
      expect(stdout).not.toMatch(/usage|options?\b|commands?\b|display|output/i)
    }
    const { stdout } = await run(['crawl', '--help'], { MAX_PRODUCTS: '500' })
    expect(stdout).toMatch(/--limit <개수> +모을 상품 개수\(기본 100개, 최대 500개\)/)
    expect(stdout).toMatch(/--format <xlsx\|csv\|json\|jsonl> +파일 형식: xlsx, csv, json, jsonl\(기본 xlsx\)/)
    const english = await run(['crwal'], { LANG: 'C', LOCALE: 'en' })
    expect(english.stderr).toBe('There is no command “crwal”. Did you mean “crawl”?\n')
  })

  test('lists its shops', async () => {
    const { code, stdout } = await run(['sites'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ssg .*SSG\.COM.*쓱/m)
  })

  test('says in one sentence that its output was lost', () => {
    const program = new URL('../../dist/src/cli.js', import.meta.url).pathname
    const env = { ...process.env, LANG: 'en_US.UTF-8' }
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${program}" sites > /dev/full`], { env })
    expect(status).toBe(1)
    expectSentence(stderr.toString(), 'The output could not be written (the disk is full)')
  })

  test('knows its commands', async () => {
    const start = (...args: string[]) => runCli(args, { env: {}, cwd: folder })
    expect(await start('craw')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('‘crawl’') })
    expect(await start('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})

describe('settings', () => {
  test('that are wrong are named in one message, none of their values shown', async () => {
    const { code, stderr } = await run(['crawl', 'ssg', 'a'], { CRAWL_RATE: 'hunter2', LOCALE: 'fr', CRAWL_JOBS: '-3' })
    expect(code).toBe(2)
    for (const name of ['CRAWL_RATE', 'LOCALE', 'CRAWL_JOBS']) expect(stderr).toContain(name)
    expect(stderr).not.toContain('hunter2')
    expect(stderr).toContain('3개')
  })

  test('that are misspelt are mistakes, with the name that was meant', async () => {
    const { code, stderr } = await run(['crawl', 'ssg', 'a'], { CRAWL_RATES: '1' })
    expect(code).toBe(2)
    expect(stderr).toMatch(/CRAWL_RATES.*CRAWL_RATE/)
  })

  test('of a shop that does not exist are a mistake', async () => {
    expect((await run(['crawl', 'ssg', 'a'], { SITE_COUPANG_URL: 'http://127.0.0.1:1' })).code).toBe(2)
  })
})

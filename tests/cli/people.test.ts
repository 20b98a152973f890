import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import readExcelFile from 'read-excel-file/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCatalogue } from '../../src/demo/catalogue.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { type CliRun, runCli, settingsFor, startCli, waitFor } from '../support/cli.ts'
import { makeFolder } from '../support/store-house.ts'

let folder: string
let shop: ReplicaShop | undefined
const running: CliRun[] = []
beforeEach(() => {
  folder = makeFolder()
})
afterEach(async () => {
  for (const run of running.splice(0)) await run.kill()
  await shop?.stop()
  shop = undefined
  rmSync(folder, { recursive: true, force: true })
})

const openShop = async () => {
  shop = createReplicaShop({ products: 500, pageBytes: 0 })
  return settingsFor(join(folder, 'data'), await shop.start())
}

describe('the demo', () => {
  test('does the main job without any setting: its XLSX holds what the replica sells', async () => {
    const { code, stdout, stderr } = await runCli(['demo'], { env: {}, cwd: folder })
    expect(code, stderr).toBe(0)
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.xlsx'))
    expect(name).toMatch(/^ssg_노트북_\d{8}-\d{4}\.xlsx$/)
    expect(stdout).toContain(join(folder, name!))
    const sheets = await readExcelFile(join(folder, name!))
    const rows = (
      Array.isArray(sheets[0]) ? sheets : (sheets[0] as unknown as { data: unknown[][] }).data
    ) as unknown[][]
    const [header, ...products] = rows
    const sold = createCatalogue().matching('노트북').slice(0, 100)
    expect(products).toHaveLength(100)
    const column = (field: string) => products.map((row) => row[header!.indexOf(field)])
    expect(column('id').map(String)).toEqual(sold.map(({ id }) => id))
    expect(column('price')).toEqual(sold.map(({ price }) => price))
    expect(column('name')).toEqual(sold.map((item) => item.name))
  })
})

describe('the demo, where it can be seen', () => {
  const demo = (more: { cwd?: string; uid?: number } = {}) => {
    mkdirSync(join(folder, 'tmp'))
    chmodSync(join(folder, 'tmp'), 0o777)
    chmodSync(folder, 0o755)
    const run = startCli(['demo'], { env: { TMPDIR: join(folder, 'tmp') }, cwd: folder, ...more })
    running.push(run)
    return run
  }

  test('tells everything on standard output, in order, and leaves nothing but the file', async () => {
    writeFileSync(join(folder, 'other.txt'), '')
    const { code, stdout, stderr } = await demo().ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const at = [
      '딸려 있는 쇼핑몰',
      '연습용 쇼핑몰',
      '> /crawl ssg 노트북',
      '수집을 시작합니다',
      '모았습니다',
      '결과 파일: ',
    ].map((part) => stdout.indexOf(part))
    expect(at).toEqual([...at].sort((a, b) => a - b))
    expect(at[0]).toBe(0)
    expect(stdout).not.toContain(join(folder, 'tmp'))
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('leaves nothing when it is interrupted', async () => {
    const run = demo()
    await waitFor(() => run.stdout().includes('수집을 시작합니다'), 'the crawl')
    run.process.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(readdirSync(folder)).toEqual(['tmp'])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('says which folder for temporary files it cannot use', async () => {
    const { code, stdout, stderr } = await runCli(['demo'], { env: { TMPDIR: join(folder, 'nowhere') }, cwd: folder })
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
    expect(stderr).toContain('TMPDIR')
  })

  if (process.getuid?.() === 0)
    test('asks before it crawls whether the file can be written', async () => {
      const { code, stdout, stderr } = await demo({ uid: 65534 }).ended
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr).toContain('권한 없음')
      expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    })
})

describe('the console on a pipe', () => {
  test('takes several people; each has one crawl at a time', async () => {
    const env = await openShop()
    shop!.options.latencyMs = 400
    const input = [
      '/as minji',
      'ssg 노트북 --limit 60 --format csv',
      'ssg 모니터',
      '/as junho',
      'ssg 모니터 --limit 5 --format csv',
      'status',
      '',
    ].join('\n')
    const { code, stdout, stderr } = await runCli(['console'], { env, cwd: folder, input })
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('이미 크롤링이 진행 중입니다: SSG.COM 노트북')
    expect(stdout).toMatch(/@minji .*상품 60개를 모았습니다/)
    expect(stdout).toMatch(/@junho .*상품 5개를 모았습니다/)
    expect(stdout.match(/파일을 저장했습니다/g)).toHaveLength(2)
  })
})

describe('the service', () => {
  test('never reads standard input', async () => {
    const env = await openShop()
    const service = startCli(['start'], { env, input: 'ssg 노트북\n/quit\n' })
    running.push(service)
    await service.tells('연결된 채팅이 없습니다')
    const beside = await runCli(['crawl', 'ssg', '모니터', '--limit', '5', '--format', 'csv'], { env, cwd: folder })
    expect(beside.code, beside.stderr).toBe(0)
    expect(service.hasEnded()).toBe(false)
    expect(shop!.calls.map(({ path }) => decodeURIComponent(path)).filter((path) => path.includes('노트북'))).toEqual(
      [],
    )
  })
})

describe('shopcrawl crawl', () => {
  test.each([
    ['emoji', '노트북 💻', '노트북 💻'],
    ['control characters', '노트북\u0007\u001b[2J', '노트북'],
    ['a name that would be a path', '../../노트북', '노트북'],
  ])('takes words with %s: nothing is found, and the file has a harmless name', async (_what, words) => {
    const env = await openShop()
    const { code, stdout, stderr } = await runCli(['crawl', 'ssg', words, '--format', 'csv'], { env, cwd: folder })
    expect(code, stderr).toBe(0)
    expect(stderr).not.toMatch(/\u001b|\u0007/)
    const files = readdirSync(folder).filter((file) => file.endsWith('.csv'))
    expect(files).toHaveLength(1)
    expect(files[0]).not.toMatch(/[\p{Cc}/\\]/u)
    expect(stdout).toBe(`${join(folder, files[0]!)}\n`)
    expect(readFileSync(join(folder, files[0]!), 'utf8').trim().split('\n').length).toBeGreaterThanOrEqual(1)
  })

  test('without words crawls the shop’s own front list', async () => {
    const env = await openShop()
    const { code, stdout, stderr } = await runCli(['crawl', 'ssg', '--limit', '10', '--format', 'json'], {
      env,
      cwd: folder,
    })
    expect(code, stderr).toBe(0)
    const products = JSON.parse(readFileSync(stdout.trim(), 'utf8')) as { id: string }[]
    expect(products.map(({ id }) => id)).toEqual(
      shop!.catalogue
        .specials()
        .slice(0, 10)
        .map(({ id }) => id),
    )
  })

  test('gives three results of one minute three files', async () => {
    const env = await openShop()
    const paths = []
    for (const limit of [1, 2, 3]) {
      const args = ['crawl', 'ssg', '노트북', '--limit', String(limit), '--format', 'csv']
      const { code, stdout, stderr } = await runCli(args, { env, cwd: folder })
      expect(code, stderr).toBe(0)
      paths.push(stdout.trim())
    }
    expect(new Set(paths).size).toBe(3)
    expect(paths.map((path) => readFileSync(path, 'utf8').trim().split('\n').length - 1)).toEqual([1, 2, 3])
  })

  test('survives a reader who goes away', async () => {
    const env = await openShop()
    const run = startCli(['crawl', 'ssg', '노트북', '--limit', '5', '--format', 'csv'], { env, cwd: folder })
    running.push(run)
    run.process.stderr!.destroy()
    const { code } = await run.ended
    expect(code).toBe(0)
    await waitFor(() => readdirSync(folder).some((file) => file.endsWith('.csv')), 'the file')
  })
})

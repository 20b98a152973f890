import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import readXlsx, { readSheet } from 'read-excel-file/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { Refusal } from '../../src/errors.ts'
import { newId, type UserId } from '../../src/ids.ts'
import { type CpuPool, createCpuPool } from '../../src/pool.ts'
import { createResults } from '../../src/results/files.ts'
import { FORMATS } from '../../src/results/format.ts'
import type { ResultFacts, ResultFile, ResultStore } from '../../src/results/store.ts'
import type { Product } from '../../src/sites/product.ts'
import { factsOf, job, owner, products } from './products.ts'

/** A store in memory that holds one job; `keep` and `products` may be made to fail. */
function createStore(rows: Product[], changed: Partial<ResultFacts> = {}) {
  const kept = new Map<string, ResultFile>()
  const facts = factsOf(rows, changed)
  const isOwner = (user: UserId, id: string) => user === owner && id === job
  const store: ResultStore = {
    facts: async (user, id, locale) => (isOwner(user, id) ? { ...facts, ...(locale && { locale }) } : undefined),
    products: async (user, id, after, limit) =>
      isOwner(user, id) ? rows.filter(({ position }) => position > after).slice(0, limit) : [],
    file: async (user, id, format) => (isOwner(user, id) ? kept.get(format) : undefined),
    keep: async (file) => {
      kept.set(file.format, file)
      return true
    },
    fileIds: async (user) => (user === owner ? [...kept.values()].map(({ id }) => id) : []),
  }
  return { store, kept }
}

let pool: CpuPool
let dir: string
beforeAll(() => {
  pool = createCpuPool({ threads: 2 })
})
afterAll(() => pool.close())
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'shopcrawl-results-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function house(rows: Product[], changed: Partial<ResultFacts> = {}, folder = dir) {
  const { store, kept } = createStore(rows, changed)
  const events: string[] = []
  const emit = (name: string) => void events.push(name)
  const parts = { store, dir: folder, pool, clock: systemClock, emit, timeZone: 'Asia/Seoul' }
  return { results: createResults(parts), parts, store, kept, events }
}

const folderOf = () => join(dir, 'files', owner)
const written = (events: string[]) => events.filter((name) => name === 'result.written').length

describe('a result file', () => {
  test.each(FORMATS)(
    'as %s is written once, kept under its id for its owner alone, and opened from then on',
    async (format) => {
      const { results, kept, events } = house(products(2_500))
      const file = (await results.open(owner, job, format))!
      expect(file.name).toBe(`ssg_노트북_20261124-1530.${format}`)
      expect(file.path).toBe(join(folderOf(), `${file.id}.${format}`))
      expect(file.rows).toBe(2_500)
      expect(file.bytes).toBe(statSync(file.path).size)
      expect(kept.get(format)).toMatchObject({ id: file.id, bytes: file.bytes, rows: 2_500 })
      expect(statSync(file.path).mode & 0o777).toBe(0o600)
      expect(statSync(folderOf()).mode & 0o777).toBe(0o700)
      expect(readdirSync(folderOf())).toEqual([`${file.id}.${format}`])
      expect(await results.open(owner, job, format)).toEqual(file)
      expect(written(events)).toBe(1)
    },
  )

  test('is written in the language of whoever opens it first', async () => {
    const { results } = house(products(1))
    const { path } = (await results.open(owner, job, 'xlsx', 'en'))!
    expect((await readXlsx(path)).map(({ sheet }) => sheet)).toEqual(['Products', 'Summary'])
  })

  test('is written once for all who open it at the same time', async () => {
    const { results, events } = house(products(1_500))
    const files = await Promise.all(Array.from({ length: 8 }, () => results.open(owner, job, 'xlsx')))
    expect(new Set(files.map((file) => file!.id)).size).toBe(1)
    expect(written(events)).toBe(1)
  })

  test('is written anew, with the same bytes, when it is gone, cut or longer than noted', async () => {
    const { results } = house(products(30))
    const file = (await results.open(owner, job, 'xlsx'))!
    const whole = readFileSync(file.path)
    for (const harm of [
      () => rmSync(file.path),
      () => truncateSync(file.path, 10),
      () => writeFileSync(file.path, 'x'.repeat(file.bytes + 1)),
    ]) {
      harm()
      const again = (await results.open(owner, job, 'xlsx'))!
      expect(again).toMatchObject({ id: file.id, name: file.name, bytes: file.bytes })
      expect(readFileSync(again.path).equals(whole)).toBe(true)
    }
  })

  test('is nobody else’s, and none without products', async () => {
    expect(await house(products(1)).results.open(newId<UserId>(0), job, 'csv')).toBeUndefined()
    expect(await house([]).results.open(owner, job, 'csv')).toBeUndefined()
    expect(existsSync(join(dir, 'files'))).toBe(false)
  })

  test('is not there when its rows cannot be read or its row cannot be kept; the next try writes it', async () => {
    const { results, store } = house(products(3_000))
    const whole = { ...store }
    store.products = async (user, id, after, limit) => {
      if (after >= 2_000) throw new Error('the database is away')
      return whole.products(user, id, after, limit)
    }
    await expect(results.open(owner, job, 'json')).rejects.toThrow('the database is away')
    expect(readdirSync(folderOf())).toEqual([])
    store.products = whole.products
    store.keep = async () => {
      throw new Error('the user is gone')
    }
    await expect(results.open(owner, job, 'json')).rejects.toThrow('the user is gone')
    expect(readdirSync(folderOf())).toEqual([])
    store.keep = whole.keep
    const file = (await results.open(owner, job, 'json'))!
    expect(JSON.parse(readFileSync(file.path, 'utf8'))).toHaveLength(3_000)
  })

  test('whose row goes before the file has its name does not stay on disk', async () => {
    const { results, store, kept } = house(products(2))
    const { keep } = store
    store.keep = async (file) => {
      await keep(file)
      kept.clear() // and whoever forgot it has removed what was there
      await results.remove(file)
      return true
    }
    expect(await results.open(owner, job, 'csv')).toBeUndefined()
    expect(existsSync(folderOf())).toBe(false)
  })

  test('can be removed, alone or with all of its user', async () => {
    const { results } = house(products(1))
    const file = (await results.open(owner, job, 'csv'))!
    await results.remove(file)
    await results.remove(file)
    expect(readdirSync(folderOf())).toEqual([])
    await results.open(owner, job, 'csv')
    await results.removeAll(owner)
    expect(existsSync(folderOf())).toBe(false)
  })
})

describe('what a killed process left', () => {
  test('is swept, while finished files and those of living processes stay', async () => {
    const { results, events } = house(products(2))
    const file = (await results.open(owner, job, 'csv'))!
    const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
    const alive = join(folderOf(), `x.csv.${process.ppid}-${'0'.repeat(16)}.part`)
    writeFileSync(alive, 'half')
    writeFileSync(join(folderOf(), `y.csv.${gone}-${'0'.repeat(16)}.part`), 'half')
    writeFileSync(join(folderOf(), `z.csv.${process.pid}-${'0'.repeat(16)}.part`), 'half') // its number came again
    await results.sweep()
    const kept = [`${file.id}.csv`, `x.csv.${process.ppid}-${'0'.repeat(16)}.part`]
    expect(readdirSync(folderOf()).sort()).toEqual(kept.sort())
    expect(events).toContain('upkeep.swept')
  })

  test('is swept without asking whose files there are, where only temporary ones are meant', async () => {
    const { results, store } = house(products(2))
    const file = (await results.open(owner, job, 'csv'))!
    const half = join(folderOf(), `z.csv.${process.pid}-${'0'.repeat(16)}.part`)
    writeFileSync(half, 'half')
    store.fileIds = async () => {
      throw new Error('asked')
    }
    await results.sweepTemporary()
    expect([half, file.path].map(existsSync)).toEqual([false, true])
  })

  test('is left for the next time once the process ends', async () => {
    const { results, store } = house([])
    for (const folder of ['a', 'b', 'c']) {
      mkdirSync(join(dir, 'files', folder.repeat(22)), { recursive: true })
      writeFileSync(join(dir, 'files', folder.repeat(22), 'x.csv'), 'old')
    }
    const ending = new AbortController()
    const asked: string[] = []
    store.fileIds = async (user) => {
      asked.push(user)
      ending.abort()
      return []
    }
    await results.sweep({ signal: ending.signal })
    expect(asked).toHaveLength(1)
    await results.sweep({ signal: ending.signal })
    expect(asked).toHaveLength(1)
  })

  test('takes no folder in which a file is about to be written', async () => {
    const { results, store } = house(products(2))
    mkdirSync(folderOf(), { recursive: true })
    const { facts } = store
    const wasThere: boolean[] = []
    store.facts = async (...asked) => {
      await results.sweep()
      wasThere.push(existsSync(folderOf()))
      return facts(...asked)
    }
    const file = (await results.open(owner, job, 'csv'))!
    expect(wasThere).toEqual([true])
    await results.remove(file)
    await results.sweep()
    expect(existsSync(folderOf())).toBe(false)
  })

  test('is nothing in a new folder', async () => {
    const { results, events } = house([])
    await results.sweep()
    expect(events).toEqual([])
  })
})

describe('a file of the person’s choice', () => {
  test('is written whole, replaces what was there, and stands in no row', async () => {
    const { results, kept } = house(products(5))
    const out = join(dir, 'out.xlsx')
    writeFileSync(out, 'before')
    expect(await results.exportTo(owner, job, { format: 'xlsx', path: out })).toEqual({
      bytes: statSync(out).size,
      rows: 5,
    })
    expect(await readSheet(out, '상품')).toHaveLength(6)
    expect(kept.size).toBe(0)
    expect(readdirSync(dir)).toEqual(['out.xlsx'])
  })

  test('holds the headers alone when there are no products', async () => {
    const out = join(dir, 'none.csv')
    expect(await house([]).results.exportTo(owner, job, { format: 'csv', path: out })).toMatchObject({ rows: 0 })
    expect(readFileSync(out, 'utf8')).toMatch(/^\ufeffsite,id,[^\n]+crawledAt\r\n$/)
  })

  test('that may replace nothing takes the next free name, also when many are written at once', async () => {
    const { results } = house(products(2))
    writeFileSync(join(dir, 'out.csv'), 'mine')
    mkdirSync(join(dir, 'out-3.csv'))
    symlinkSync(join(dir, 'nowhere'), join(dir, 'out-4.csv'))
    const written = await Promise.all(
      Array.from({ length: 6 }, () => results.exportNew(owner, job, { format: 'csv', path: join(dir, 'out.csv') })),
    )
    const names = written.map((it) => basename(it!.path)).sort()
    expect(names).toEqual(['out-2.csv', 'out-5.csv', 'out-6.csv', 'out-7.csv', 'out-8.csv', 'out-9.csv'])
    for (const { path, bytes } of written.map((it) => it!)) expect(statSync(path).size).toBe(bytes)
    expect(readFileSync(join(dir, 'out.csv'), 'utf8')).toBe('mine')
    expect(readdirSync(dir)).toHaveLength(9)
  })

  test('goes where a link points', async () => {
    writeFileSync(join(dir, 'real.json'), '')
    symlinkSync(join(dir, 'real.json'), join(dir, 'link.json'))
    await house(products(1)).results.exportTo(owner, job, { format: 'json', path: join(dir, 'link.json') })
    expect(JSON.parse(readFileSync(join(dir, 'real.json'), 'utf8'))).toHaveLength(1)
  })

  test.each([
    ['a folder', () => dir, 'EISDIR'],
    ['a device', () => '/dev/null', 'ENOTSUP'],
    ['a folder that is not there', () => join(dir, 'no', 'out.csv'), 'ENOENT'],
    ['a path through a file', () => join(dir, 'file', 'out.csv'), 'ENOTDIR'],
    ['a name that is too long', () => join(dir, 'x'.repeat(300)), 'ENAMETOOLONG'],
  ])('is refused as %s, and what was there stays', async (_what, path, cause) => {
    writeFileSync(join(dir, 'file'), 'kept')
    const refusal = await house(products(1))
      .results.exportTo(owner, job, { format: 'csv', path: path() })
      .catch((error) => error)
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal).toMatchObject({ code: 'out.unwritable', facts: { path: path(), cause } })
    expect(readdirSync(dir)).toEqual(['file'])
  })
})

/** Whether this process may mount a small file system of its own. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'shopcrawl-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.platform === 'linux' && process.getuid?.() === 0 && canMount()) {
  describe('a full disk', () => {
    test('is refused by name, leaves nothing behind, and the file comes once there is room', async () => {
      const small = join(dir, 'small')
      mkdirSync(small)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small])
      try {
        const { results, kept } = house(products(2_000), {}, small)
        const refusal = await results.open(owner, job, 'csv').catch((error) => error)
        expect(refusal).toMatchObject({ code: 'store.disk_full' })
        expect(readdirSync(join(small, 'files', owner))).toEqual([])
        expect(kept.size).toBe(0)
        execFileSync('mount', ['-o', 'remount,size=4m', small])
        expect((await results.open(owner, job, 'csv'))!.rows).toBe(2_000)
      } finally {
        execFileSync('umount', [small])
      }
    })
  })
}

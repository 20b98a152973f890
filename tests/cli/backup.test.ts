import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import { runCli } from '../support/cli.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'

let folder: string
let dataDir: string
beforeEach(() => {
  folder = makeFolder()
  dataDir = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => runCli(args, { env: { DATA_DIR: dataDir }, cwd: folder })

/** A database with one person in it. */
async function makeDatabase(name = 'minji'): Promise<void> {
  const store = await openQuiet(dataDir, systemClock)
  await store.users.resolve({ platform: 'console', workspace: '', externalId: name }, name)
  await store.close()
}

const namesIn = (path: string): unknown[] => {
  const file = new Sqlite(path, { readonly: true })
  try {
    return file.prepare('select external_id from accounts').pluck().all()
  } finally {
    file.close()
  }
}

/** One sentence with these parts, no log line and no stack. */
function expectRefused(
  { code, stdout, stderr }: { code: number | null; stdout: string; stderr: string },
  ...parts: string[]
) {
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
  for (const part of parts) expect(stderr).toContain(part)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/^\{|\n\s+at |Error:/)
}

describe('shopcrawl backup', () => {
  test('copies the database, and makes none where there is none', async () => {
    expectRefused(await run('backup', 'copy.sqlite'), databasePath(dataDir))
    expect(readdirSync(folder)).toEqual([])
    await makeDatabase()
    const { code, stderr } = await run('backup', 'copy.sqlite')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('copy.sqlite')
    expect(namesIn(join(folder, 'copy.sqlite'))).toEqual(['minji'])
  })

  test('takes an empty file and another program’s database for none', async () => {
    mkdirSync(dataDir)
    writeFileSync(databasePath(dataDir), '')
    expectRefused(await run('backup', 'copy.sqlite'), databasePath(dataDir))
    const other = new Sqlite(databasePath(dataDir))
    other.exec('create table t (a)')
    other.close()
    expectRefused(await run('backup', 'copy.sqlite'), databasePath(dataDir))
    expect(existsSync(join(folder, 'copy.sqlite'))).toBe(false)
  })

  test('names the file that cannot be written, and speaks of no DATA_DIR', async () => {
    await makeDatabase()
    const refused = await run('backup', join(folder, 'nowhere', 'copy.sqlite'))
    expectRefused(refused, join(folder, 'nowhere', 'copy.sqlite'), '그런 파일이나 폴더가 없음')
    expect(refused.stderr).not.toContain('DATA_DIR')
    mkdirSync(join(folder, 'a-folder'))
    expectRefused(await run('backup', 'a-folder'), 'a-folder')
  })

  test('of a damaged database names that database, and leaves no copy', async () => {
    await makeDatabase()
    const bytes = readFileSync(databasePath(dataDir))
    writeFileSync(databasePath(dataDir), bytes.fill(0x55, 4_096, bytes.length))
    const { code, stderr } = await run('backup', 'copy.sqlite')
    expect(code, stderr).toBe(1)
    expect(stderr).toContain(databasePath(dataDir))
    expect(existsSync(join(folder, 'copy.sqlite'))).toBe(false)
  })
})

describe('shopcrawl restore', () => {
  test('puts the copy in place and says where the former database is kept', async () => {
    await makeDatabase('minji')
    expect((await run('backup', 'copy.sqlite')).code).toBe(0)
    rmSync(dataDir, { recursive: true })
    await makeDatabase('junho')
    const { code, stderr } = await run('restore', 'copy.sqlite')
    expect(code, stderr).toBe(0)
    const former = readdirSync(dataDir).find((name) => name.includes('before'))!
    expect(stderr).toContain(join(dataDir, former))
    expect(namesIn(join(dataDir, former))).toEqual(['junho'])
    expect(namesIn(databasePath(dataDir))).toEqual(['minji'])
  })

  test('into an empty place speaks of no former database', async () => {
    await makeDatabase()
    expect((await run('backup', 'copy.sqlite')).code).toBe(0)
    rmSync(dataDir, { recursive: true })
    const { code, stderr } = await run('restore', 'copy.sqlite')
    expect(code, stderr).toBe(0)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(namesIn(databasePath(dataDir))).toEqual(['minji'])
  })

  test('refuses what is no backup with one sentence that says why, and touches nothing', async () => {
    mkdirSync(join(folder, 'a-folder'))
    writeFileSync(join(folder, 'notes.txt'), 'nothing of ours, and long enough to be read as a header of a database')
    await makeDatabase()
    expect((await run('backup', 'whole.sqlite')).code).toBe(0)
    const whole = readFileSync(join(folder, 'whole.sqlite'))
    writeFileSync(join(folder, 'cut.sqlite'), whole.subarray(0, whole.length - 40_960))
    const before = readFileSync(databasePath(dataDir))
    const told = new Set<string>()
    for (const name of ['nothing-here.sqlite', 'a-folder', 'notes.txt', 'cut.sqlite']) {
      const refused = await run('restore', name)
      expectRefused(refused, name)
      told.add(refused.stderr.replace(name, ''))
    }
    expect(told.size).toBe(4)
    expect(readFileSync(databasePath(dataDir)).equals(before)).toBe(true)
  })
})

describe('a .env', () => {
  test('that cannot be read is told in one sentence', async () => {
    mkdirSync(join(folder, '.env'))
    expectRefused(await run('backup', 'copy.sqlite'), '.env', '폴더임')
  })

  test.each([
    [
      'binary rubbish',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0xff, 0xfe, 0x0a, 0x41, 0x3d, 0x31]),
      'UTF-8 텍스트가 아닙니다',
    ],
    ['UTF-16, as some editors save', Buffer.from('\ufeffLOCALE=ko\n', 'utf16le'), 'UTF-8 텍스트가 아닙니다'],
    ['a list without a single setting', Buffer.from('# mine\nDATA_DIR\n'), '이름=값 형태의 줄이 없습니다'],
  ])('that is %s is told, not passed over', async (_, bytes, sentence) => {
    writeFileSync(join(folder, '.env'), bytes)
    expectRefused(await run('backup', 'copy.sqlite'), '.env', sentence)
  })

  test('is read, and the environment wins over it', async () => {
    writeFileSync(join(folder, '.env'), '\ufeffDATA_DIR=elsewhere\nLOCALE="fr"\n')
    const { code, stderr } = await runCli(['backup', 'copy.sqlite'], { env: {}, cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toContain('LOCALE')
    const own = await runCli(['backup', 'copy.sqlite'], { env: { LOCALE: 'ko' }, cwd: folder })
    expect(own.stderr).toContain(join('elsewhere', 'shopcrawl.sqlite'))
  })
})

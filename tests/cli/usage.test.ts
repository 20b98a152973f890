import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workingFolder } from '../../src/cli/crawl-request.ts'
import { systemClock } from '../../src/clock.ts'
import { callCli } from '../support/cli-here.ts'
import { hasPostgres, SERVER } from '../support/postgres.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

const LANGUAGES = { ko: 'ko_KR.UTF-8', en: 'en_US.UTF-8' }
const COMMANDS = [
  ...['start', 'crawl', 'sites', 'console', 'demo', 'check', 'try'],
  ...['migrate', 'backup', 'restore', 'export-user', 'delete-user'],
]

/** A file that is no folder with a database. */
const THIS_FILE = fileURLToPath(import.meta.url)

let folder: string
beforeAll(() => {
  folder = makeFolder()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: string[], language: keyof typeof LANGUAGES) =>
  callCli(args, { env: { LANG: LANGUAGES[language], DATA_DIR: `${folder}/data` }, cwd: folder })

describe.each(['ko', 'en'] as const)('in %s', (language) => {
  test.each(COMMANDS)('shopcrawl %s --help describes the command and every option', async (command) => {
    const { code, stdout, stderr } = await run([command, '--help'], language)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const options = stdout.split('\n').filter((line) => /^ {2}-/.test(line))
    expect(options.length).toBeGreaterThan(0)
    for (const line of options) expect(line).toMatch(/^ {2}-.*? {2,}\S/)
    expect(stdout.split('\n')[2]).toMatch(/\S/)
    if (language === 'ko') expect(stdout).not.toMatch(/\b(?:usage|options?|commands?|display|path|file)\b/i)
  })

  test.each([
    [['--nothing'], '--nothing'],
    [['nothing'], 'nothing'],
    [['help', 'nothing'], 'nothing'],
    [['nothing', '--help'], 'nothing'],
    [['help', 'migrat'], 'migrate'],
    [['crawl'], '--help'],
    [['try'], '--help'],
    [['try', 'a', 'b'], '--help'],
    [['start', 'now'], '--help'],
    [['backup'], '--help'],
    [['restore'], '--help'],
    [['export-user'], '--help'],
    [['delete-user', 'a', '--sure'], '--sure'],
    [['try', 'a', '--site'], '--site'],
    [['try', ''], '--help'],
    [['backup', ' '], '--help'],
    [['restore', '\u200b'], '--help'],
    [['export-user', 'console:local', '--out', ''], '--out'],
    [['try', '/dev/zero'], '/dev/zero'],
    [['restore', '/proc/self/mem'], '/proc/self/mem'],
    [['migrate'], '--from'],
    [['migrate', '--from'], '--from'],
    [['migrate', '--from', 'sqlite:./data'], '--to'],
    [['migrate', '--to', 'postgres://127.0.0.1/a'], '--from'],
    [['migrate', '--from', 'data', '--to', 'postgres://127.0.0.1/a'], '--from'],
    [['migrate', '--from', `sqlite:${THIS_FILE}`, '--to', 'postgres://127.0.0.1/a'], '--from'],
    [['migrate', '--from', 'sqlite:./data', '--to', 'mysql://127.0.0.1/a'], '--to'],
  ])('shopcrawl %j ends with 2 and one sentence that holds %j', async (args, part) => {
    const { code, stdout, stderr } = await run(args, language)
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(part)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(/[가-힣]/.test(stderr)).toBe(language === 'ko')
    expect(stderr).not.toMatch(/error:|undefined|\[object/i)
  })
})

test('a working folder that is gone is a refusal, and no bug', () => {
  const before = process.cwd()
  const gone = `${folder}/gone`
  mkdirSync(gone)
  process.chdir(gone)
  try {
    rmSync(gone, { recursive: true })
    expect(workingFolder).toThrow(expect.objectContaining({ code: 'folder.unwritable' }))
  } finally {
    process.chdir(before)
  }
})

suiteWhere(hasPostgres, 'PostgreSQL', 'shopcrawl migrate', () => {
  test('names --to where the database refuses it', async () => {
    await (await openQuiet(`${folder}/source`, systemClock)).close()
    const to = Object.assign(new URL(SERVER), { username: 'nobody_of_that_name', pathname: '/postgres' }).href
    const { code, stderr } = await run(['migrate', '--from', `sqlite:${folder}/source`, '--to', to], 'en')
    expect({ code, lines: stderr.trimEnd().split('\n').length }, stderr).toEqual({ code: 2, lines: 1 })
    expect(stderr).toContain('Please check --to')
    expect(stderr).not.toContain('DATABASE_URL')
  })
})

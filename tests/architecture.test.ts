import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The rooms from the ground up: a file imports from its own room and from lines above, never sideways, never down. */
const LINES: string[][] = [
  [
    'src/errors.ts',
    'src/ids.ts',
    'src/clock.ts',
    'src/linked-signal.ts',
    'src/pool.ts',
    'src/pool-worker.ts',
    'src/version.ts',
    'src/edit-distance.ts',
  ],
  ['src/config.ts', 'src/setting.ts', 'src/settings.ts', 'src/messages', 'src/telemetry'],
  ['src/duty.ts', 'src/budget', 'src/queue', 'src/sites'],
  ['src/crew.ts', 'src/users', 'src/results', 'src/crawl'],
  ['src/jobs'],
  ['src/access', 'src/upkeep', 'src/stats', 'src/chat'],
  ['src/commands'],
  ['src/admin', 'src/http', 'src/demo'],
  ['src/storage.ts'],
  ['adapters', 'db'],
  ['src/wiring'],
  ['src/main.ts'],
  ['src/cli'],
  ['src/cli.ts'],
]

/** On lines 0 and 1 single files may use each other: errors.ts names what config.ts collects. */
const SIDEWAYS_ALLOWED = new Set([0, 1])

/** Libraries that belong to one folder or file. */
const OWNERS: Record<string, string> = {
  'discord.js': 'adapters/discord',
  '@slack/bolt': 'adapters/slack',
  'better-sqlite3': 'db/sqlite/driver.ts',
  kysely: 'db',
  pg: 'db/postgres',
  bullmq: 'db/redis',
  ioredis: 'db/redis',
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(join(root, path)).isDirectory()) return sources(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

const files = ['src', 'adapters', 'db'].filter((folder) => existsSync(join(root, folder))).flatMap(sources)

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

function roomOf(file: string): { line: number; room: string } | undefined {
  for (const [line, rooms] of LINES.entries()) {
    const room = rooms.find((name) => file === name || file.startsWith(`${name}/`))
    if (room) return { line, room }
  }
  return undefined
}

function forbiddenArrows(file: string): string[] {
  const from = roomOf(file)!
  return importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(root, resolve(root, dirname(file), target)))
    .filter((target) => {
      const to = roomOf(target)
      if (!to || to.room === from.room) return false
      return to.line > from.line || (to.line === from.line && !SIDEWAYS_ALLOWED.has(from.line))
    })
    .map((target) => `${file} → ${target}`)
}

describe('the house', () => {
  test('every source file stands in a room', () => {
    expect(files.filter((file) => !roomOf(file))).toEqual([])
  })

  test('a room imports only from rooms above its line', () => {
    expect(files.flatMap(forbiddenArrows)).toEqual([])
  })

  test('a chat library and a database driver are imported in their own folder only', () => {
    const strays = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => OWNERS[target] && file !== OWNERS[target] && !file.startsWith(`${OWNERS[target]}/`))
        .map((target) => `${file} → ${target}`),
    )
    expect(strays).toEqual([])
  })

  test('tests open SQLite files through the driver file too: two libraries in one process break locks', () => {
    const strays = sources('tests').filter((file) => importsOf(file).includes('better-sqlite3'))
    expect(strays).toEqual([])
  })

  test('only the composition root names adapters/ and db/', () => {
    const strays = files
      .filter((file) => file.startsWith('src/') && file !== 'src/main.ts')
      .filter((file) => importsOf(file).some((target) => /(^|\/)(adapters|db)\//.test(target)))
    expect(strays).toEqual([])
  })

  test('signals are linked by src/linked-signal.ts: AbortSignal.any leaks, and loses a time limit', () => {
    const calls = (file: string) => readFileSync(join(root, file), 'utf8').match(/AbortSignal\.any\(/) !== null
    expect(files.filter(calls)).toEqual([])
  })

  test('no folder or file is a catch-all', () => {
    expect(files.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|manager)(?:\/|\.ts)/.test(file))).toEqual([])
  })
})

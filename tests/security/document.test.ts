import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'
import { systemClock } from '../../src/clock.ts'
import { withParts } from '../support/security-text.ts'
import { makeFolder, openQuiet } from '../support/store-house.ts'

const pathOf = (locale: 'en' | 'ko') =>
  fileURLToPath(new URL(`../../docs/security${locale === 'ko' ? '.ko' : ''}.md`, import.meta.url))

test.each(['en', 'ko'] as const)(
  'the page for security people in %s tells the scopes, intents, permissions and tables that the code has',
  (locale) => {
    const path = pathOf(locale)
    if (process.env.UPDATE_DOCS) writeFileSync(path, withParts(readFileSync(path, 'utf8'), locale))
    const text = readFileSync(path, 'utf8')
    expect(text).toBe(withParts(text, locale))
  },
)

test('the page tells every table of a real database', async () => {
  const folder = makeFolder()
  await (await openQuiet(folder, systemClock)).close()
  const database = new Sqlite(databasePath(folder), { readonly: true })
  const names = database
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'",
    )
    .pluck()
    .all() as string[]
  database.close()
  rmSync(folder, { recursive: true, force: true })
  const told = [...readFileSync(pathOf('en'), 'utf8').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !told.includes(name))).toEqual([])
})

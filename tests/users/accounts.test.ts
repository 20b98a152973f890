import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from '../../db/index.ts'
import { systemClock } from '../../src/clock.ts'
import { isRefusal } from '../../src/errors.ts'
import { newId } from '../../src/ids.ts'
import type { Store } from '../../src/storage.ts'
import { meet, refuseBlocked } from '../../src/users/accounts.ts'

const key = { platform: 'slack', workspace: 'T1', externalId: 'U1' }
let dataDir: string
let store: Store
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-users-'))
  store = await openStore({ dataDir, clock: systemClock, emit: () => {}, locale: 'ko' })
})
afterEach(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})
const greet = (name: string, more: Partial<typeof key> = {}) =>
  meet(store.users, { ...key, ...more }, { name, locale: undefined }, 'ko')

test('two first commands at once give one user', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => greet('민지')))
  expect(new Set(people.map(({ user }) => user.id)).size).toBe(1)
  expect(await store.users.accountsOf(people[0]!.user.id)).toHaveLength(1)
})

test('the same outside id in another workspace or on another platform is somebody else', async () => {
  const people = await Promise.all([
    greet('a'),
    greet('a', { workspace: 'T2' }),
    greet('a', { platform: 'discord', workspace: '' }),
  ])
  expect(new Set(people.map(({ user }) => user.id)).size).toBe(3)
})

test('a display name is kept on one line, cut, and never empty', async () => {
  expect((await greet('민지\n<!channel>\u202e')).account.name).toBe('민지 <!channel>')
  expect([...(await greet('가'.repeat(500))).account.name].length).toBeLessThanOrEqual(80)
  expect((await greet('\u0000 \n')).account.name).toBe('U1')
})

test('the language is the person’s choice, else the platform’s, else the deployment’s', async () => {
  const { user, locale } = await greet('민지')
  expect(locale).toBe('ko')
  expect((await meet(store.users, key, { name: '민지', locale: 'en' }, 'ko')).locale).toBe('en')
  await store.users.setLocale(user.id, 'ko')
  expect((await meet(store.users, key, { name: '민지', locale: 'en' }, 'en')).locale).toBe('ko')
})

test('a blocked user is refused with whom to ask, any other is let through', () => {
  const user = { id: newId<never>(0), locale: null, blockedAt: null }
  expect(refuseBlocked(user, null)).toBeUndefined()
  try {
    refuseBlocked({ ...user, blockedAt: 5 }, 'help@example.com')
    expect.unreachable()
  } catch (error) {
    expect(isRefusal(error, 'user.blocked') && error.facts.contact).toBe('help@example.com')
  }
})

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { createHold } from '../support/held-shop.ts'
import { openTestHouse } from '../support/house.ts'
import { openSlackHouse } from '../support/slack-rig.ts'
import { userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const pathOf = (name: string) => fileURLToPath(new URL(`../../docs/images/${name}`, import.meta.url))

/** 2026-11-24 15:30 in Seoul: what people read of the time stands still, so that the picture does too. */
const START = Date.UTC(2026, 10, 24, 6, 30)
/** What the crawl takes by that clock; less than a lease. */
const CRAWL_MS = 12_000

/** A clock that people's times are read from, at one of two moments; waits take their real time. */
function createPosedClock(): Clock & { pose(at: number): void } {
  let now = START
  return {
    ...systemClock,
    now: () => now,
    pose(at) {
      now = at
    },
  }
}

const WORDS = {
  ko: { title: '# 쇼핑-조사', replies: '댓글 3개', time: '오후 3:30' },
  en: { title: '# shopping', replies: '3 replies', time: '3:30 PM' },
}

test.each(['ko', 'en'] as const)('the picture of a thread in %s is drawn from what the bot sends', async (locale) => {
  const clock = createPosedClock()
  const { server, slack, start, stop } = await openSlackHouse('socket', { clock })
  server.locale = locale === 'ko' ? 'ko-KR' : 'en-US'
  const hold = createHold()
  const it = await openTestHouse({ platforms: [slack], replica: { products: 300, trouble: hold.from(1) }, clock })
  const line = 'ssg 노트북 --limit 120'
  await start(it.house.dispatch)
  await server.command(userOf('minji'), 'C1', line)
  await until(() => it.events.some(({ name }) => name === 'job.claimed'), 'the claim')
  clock.pose(START + CRAWL_MS)
  await until(() => server.messages.length === 2, 'progress')
  hold.letGo()
  await until(() => server.messages.some(({ files = [] }) => files.length > 0), 'the file')
  await until(() => /완료|Done|done/.test(JSON.stringify(server.messages[1]?.blocks)), 'the final edit')
  await until(() => server.messages[0]!.versions.length > 1, 'the root’s edit')
  const messages = server.messages.map(({ blocks, text, files = [] }) => ({ blocks, text, files }))
  await stop()
  await it.close()

  const thread = { ...WORDS[locale], command: { name: 'minji', text: `/crawl ${line}` }, messages }
  const picture = execFileSync(process.execPath, [pathOf('thread-picture.mjs')], {
    input: JSON.stringify(thread),
  }).toString()
  const path = pathOf(`thread.${locale}.svg`)
  if (process.env.UPDATE_DOCS) writeFileSync(path, picture)
  expect(readFileSync(path, 'utf8')).toBe(picture)
})

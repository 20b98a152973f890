import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAutocomplete } from '../../src/commands/autocomplete.ts'
import type { Invocation, Reply } from '../../src/commands/command.ts'
import { lookAt } from '../support/store-house.ts'
import { filesThatName, rowsThatName } from '../support/traces.ts'
import { type House, junho, minji, openHouse, person, textOf } from './house.ts'
import { registry } from './test-sites.ts'

/** Minji on Discord. */
const there = person('140000000000000010', { name: 'minji#1', platform: 'discord', workspace: '' })
const DONE = { state: 'succeeded', stopReason: 'end' } as const

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const told = (reply: Reply): string => textOf(reply.message)
const send = (text: string, who?: Invocation['account'], more?: Partial<Invocation>) => house.send(text, who, more)
/** An ended crawl with its file. */
const crawl = async (words: string, who = minji) => {
  const { jobId } = await send(`ssg ${words}`, who)
  await house.work(jobId!, 40, DONE)
  const { files } = await send(`result ${jobId}`, who)
  return { jobId: jobId!, path: files![0]!.path }
}
const link = async () => {
  const code = /link ([0-9A-Z-]{14})/.exec(told(await send('link')))![1]!
  expect((await send(`link ${code} confirm`, there)).outcome).toBe('ok')
}
const rows = async (words: string[]) => {
  const look = lookAt(house.dataDir)
  return rowsThatName(look, words).finally(() => look.close())
}

describe('forget', () => {
  test('tells what goes and what stays, and does nothing yet', async () => {
    const { path } = await crawl('노트북')
    await link()
    await send('ssg 모니터')
    const asked = await send('forget')
    expect(told(asked)).toContain('Slack · 민지, Discord · minji#1')
    expect(told(asked)).toContain('작업 2개')
    expect(told(asked)).toMatch(/진행 중인 크롤링도 결과 없이 끝납니다: .*모니터/)
    expect(told(asked)).toContain('채팅에서 지워 주세요')
    expect(told(asked)).toContain('forget confirm')
    expect(asked.message.buttons).toMatchObject([{ style: 'danger', command: 'forget confirm' }])
    expect(existsSync(path)).toBe(true)
    expect((await send('history')).outcome).toBe('ok')
  })

  test('confirmed by its button leaves nothing of the person: no row, no file, no byte of them in the data folder', async () => {
    const mine = await crawl('무선청소기삼성비스포크')
    await crawl('두번째검색어로찾은것')
    await link()
    await send('lang en')
    const { jobId } = await send('ssg 진행중인검색어', there)
    await house.work(jobId!, 3)
    const theirs = await crawl('준호의검색어', junho)
    const ids = [await house.user(minji), mine.jobId, jobId!]
    const words = ['민지', 'minji#1', '무선청소기삼성비스포크', '두번째검색어로찾은것', '진행중인검색어', ...ids]
    expect(filesThatName(house.dataDir, words).length).toBeGreaterThan(1)
    const junhos = await rows(['준호', theirs.jobId])
    const asked = await send('forget')
    const done = await send(asked.message.buttons![0]!.command)
    expect(done.outcome).toBe('ok')
    expect(told(done)).toContain('Everything that was stored about you is deleted (Slack · 민지, Discord · minji#1)')
    expect(told(done)).toContain('told there')
    const { farewells, ...left } = await rows([...words, 'U1', there.externalId])
    expect(left).toEqual({})
    expect(farewells).toHaveLength(1) // whom to tell on Discord
    expect(filesThatName(house.dataDir, words)).toEqual([])
    expect(existsSync(dirname(mine.path))).toBe(false)
    expect(await rows(['준호', theirs.jobId])).toEqual(junhos)
    expect(existsSync(theirs.path)).toBe(true)
  })

  test('then everything begins anew', async () => {
    const { jobId } = await crawl('노트북')
    await send('lang en')
    await send('forget confirm')
    expect(told(await send('status'))).toContain('지금 진행 중인 크롤링이 없습니다')
    expect(told(await send('history'))).toContain('아직 작업이 없습니다')
    expect((await send(`result ${jobId}`)).outcome).toBe('job.unknown')
    expect((await send('ssg 노트북')).outcome).toBe('ok')
  })

  test.each(['잊기 확인', '삭제 확인', '/crawl forget confirm', 'delete CONFIRM'])(
    'is understood as %s',
    async (line) => {
      const { jobId } = await crawl('노트북')
      expect(told(await send(line))).toContain('모두 지웠습니다')
      expect((await send(`result ${jobId}`)).outcome).toBe('job.unknown')
    },
  )

  test('as typed options of a platform does the same', async () => {
    await crawl('노트북')
    expect(told(await send('forget', minji, { options: { confirm: 'confirm' } }))).toContain('모두 지웠습니다')
  })

  test('tells only the person, without naming anybody in events', async () => {
    await crawl('노트북')
    await link()
    await send('forget confirm')
    const kept = JSON.stringify(house.events)
    for (const secret of ['민지', 'minji#1', '노트북']) expect(kept).not.toContain(secret)
    expect(house.events.filter(({ name }) => name === 'user.forgotten')).toMatchObject([{ facts: { accounts: 2 } }])
    expect(house.events.filter(({ name }) => name === 'fault')).toEqual([])
  })

  test('of somebody of whom nothing is known yet is as good', async () => {
    expect(told(await send('forget confirm', junho))).toContain('모두 지웠습니다')
  })

  test('where the disk does not let it says that the rest goes later, and goes on when asked', async () => {
    await house.close()
    let isStuck = true
    house = await openHouse({
      removeFolder: (remove, user) => (isStuck ? Promise.reject(new Error('EACCES')) : remove(user)),
    })
    const { path, jobId } = await crawl('노트북')
    expect(told(await send('forget confirm'))).toContain('하루 안에 저절로 지워집니다')
    expect((await send(`result ${jobId}`)).outcome).toBe('job.unknown')
    expect(await house.forgetting.resume(new AbortController().signal)).toBe(0)
    isStuck = false
    expect(await house.forgetting.resume(new AbortController().signal)).toBe(1)
    expect(existsSync(path)).toBe(false)
    expect(await rows([jobId])).toEqual({})
  })
})

describe('forget with the id of a job', () => {
  test('takes its words, products and file, and leaves its counts and all else', async () => {
    const first = await crawl('무선청소기')
    const second = await crawl('모니터')
    expect(told(await send(`forget ${first.jobId}`))).toMatch(/지웠습니다: .*무선청소기/)
    expect(existsSync(first.path)).toBe(false)
    expect(existsSync(second.path)).toBe(true)
    const left = await rows([first.jobId])
    expect(JSON.stringify(left)).not.toContain('무선청소기')
    expect((await send(`result ${first.jobId}`)).outcome).toBe('job.cleared')
    expect((await send(`forget ${first.jobId}`)).outcome).toBe('job.cleared')
    expect((await send(`result ${second.jobId}`)).outcome).toBe('ok')
    expect((await house.store.ownerJobs.usage(await house.user(minji), 3_600_000)).jobs).toHaveLength(2) // as before
  })

  test('leaves a job that everything shows as removed, and offers nothing with it', async () => {
    const { jobId } = await crawl('무선청소기')
    await send(`forget ${jobId}`)
    const shown = [told(await send('history')), told(await send('status'))]
    const { users, commands } = house.store
    const parts = { users, commands, jobs: house.store.ownerJobs, sites: registry() }
    const complete = createAutocomplete({ ...parts, options: { locale: 'ko', timeZone: 'Asia/Seoul' } })
    shown.push((await complete({ account: minji, kind: 'job', value: '' })).map(({ name }) => name).join())
    for (const text of shown) {
      expect(text).toContain('SSG.COM · 지워짐')
      expect(text).not.toContain('대표 목록')
    }
    for (const line of ['history', 'status']) expect((await send(line)).message.buttons).toBeUndefined()
    await send('lang en')
    expect(told(await send('history'))).toContain('SSG.COM · removed · done')
  })

  test('of another’s job, of a running one or of none changes nothing', async () => {
    const theirs = await crawl('노트북', junho)
    const { jobId } = await send('ssg 모니터')
    expect((await send(`forget ${theirs.jobId}`)).outcome).toBe('job.unknown')
    const refused = await send(`forget ${jobId}`)
    expect(refused.outcome).toBe('job.still_active')
    expect(refused.message.buttons?.map(({ command }) => command)).toContain(`cancel ${jobId}`)
    expect((await send('forget nonsense')).outcome).toBe('job.unknown')
    expect(existsSync(theirs.path)).toBe(true)
  })
})

import { afterEach, expect, test } from 'vitest'
import { createAutocomplete } from '../../src/commands/autocomplete.ts'
import { createJobs } from '../../src/jobs/create-jobs.ts'
import { type House, junho, minji, openHouse } from './house.ts'
import { registry } from './test-sites.ts'

let house: House
afterEach(() => house.close())

const complete = async () => {
  house = await openHouse()
  const jobs = createJobs({ store: house.store.ownerJobs } as Parameters<typeof createJobs>[0])
  const { users, commands } = house.store
  return createAutocomplete({
    users,
    commands,
    jobs,
    sites: registry(),
    options: { locale: 'ko', timeZone: 'Asia/Seoul' },
  })
}

test('shops are found by any part of their name, in either keyboard layout', async () => {
  const ask = await complete()
  const found = async (value: string) => (await ask({ account: minji, kind: 'site', value })).map((one) => one.value)
  expect(await found('')).toEqual(['ssg', 'shinsegae'])
  expect(await found('ㄴㄴ')).toEqual(['ssg'])
  expect(await found('세계')).toEqual(['shinsegae'])
  expect(await found('무신사')).toEqual([])
})

test('words and jobs are the person’s own', async () => {
  const ask = await complete()
  const { jobId } = await house.send('ssg 노트북')
  await house.send('ssg 마우스', junho)
  expect(await ask({ account: minji, kind: 'words', value: '' })).toEqual([{ name: '노트북', value: '노트북' }])
  expect(await ask({ account: minji, kind: 'job', value: '' })).toEqual([
    { name: 'SSG.COM · 노트북 · 대기 · 상품 0개', value: jobId },
  ])
  expect(await ask({ account: { ...minji, externalId: 'nobody' }, kind: 'job', value: '' })).toEqual([])
})

test('a store that is away gives no choices instead of an error', async () => {
  const ask = await complete()
  await house.send('ssg 노트북')
  const broken = createAutocomplete({
    users: { find: () => Promise.reject(new Error('away')) },
    commands: house.store.commands,
    jobs: { history: () => Promise.reject(new Error('away')) },
    sites: registry(),
    options: { locale: 'ko', timeZone: 'Asia/Seoul' },
  })
  expect(await broken({ account: minji, kind: 'words', value: '' })).toEqual([])
  expect(await ask({ account: minji, kind: 'count', value: '' })).toEqual([])
})

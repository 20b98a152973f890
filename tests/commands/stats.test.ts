import { afterEach, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/commands/table.ts'
import { type House, junho, minji, openHouse, person, textOf } from './house.ts'

const TOTALS = {
  ...{ users: 1, activeUsers: 1, runningJobs: 0, queuedJobs: 1, completedJobs: 0, failedJobs: 0, cancelledJobs: 0 },
  ...{ bySite: [], byDay: [] },
}

describe('/crawl stats', () => {
  let house: House
  afterEach(() => house.close())

  const openWith = async (...administrators: string[]) => {
    house = await openHouse({ administrators })
  }

  test('tells an administrator users and jobs, by shop and by day', async () => {
    await openWith('slack:T1/U1')
    const first = await house.send('ssg 노트북', junho)
    await house.work(first.jobId!, 3, { state: 'succeeded', stopReason: 'end' } as never)
    await house.send('ssg 냉장고', junho)
    const text = textOf((await house.send('stats')).message)
    expect(text).toContain('사용자 2명, 최근 24시간 동안 쓴 사람 1명')
    expect(text).toContain('작업: 수집 중 0건, 대기 1건, 완료 1건, 실패 0건, 취소 0건')
    expect(text).toContain('SSG.COM: 수집 중 0건, 대기 1건, 완료 1건, 실패 0건, 취소 0건, 상품 3개')
    expect(text).toMatch(/최근 7일\n\d{4}-\d\d-\d\d: 완료 1건/)
    expect(text).not.toContain('작업자')
  })

  test.each([
    [2, '실행 중인 작업자: 2개'],
    [0, '실행 중인 작업자가 없습니다'],
  ])('tells %d workers where they are counted', async (workers, told) => {
    const totals = async () => ({ ...TOTALS, workers })
    house = await openHouse({ administrators: ['slack:T1/U1'], parts: { stats: { totals } } })
    expect(textOf((await house.send('stats')).message)).toContain(told)
  })

  test('speaks English to those who do', async () => {
    await openWith('slack:T1/U9')
    const text = textOf((await house.send('stats', person('U9', { locale: 'en' }))).message)
    expect(text).toContain('1 user, 0 of them active in the last 24 hours')
    expect(text).toContain('Jobs: 0 running, 0 waiting, 0 done, 0 failed, 0 cancelled')
  })

  test.each([
    ['nobody is named', []],
    ['somebody else is named', ['slack:T1/U2']],
    ['the same id of another workspace is named', ['slack:T2/U1']],
    ['the same id of another platform is named', ['discord:U1']],
    ['the id stands without its workspace', ['slack:U1']],
  ])('is refused when %s, and help does not show it', async (_, administrators) => {
    await openWith(...administrators)
    const reply = await house.send('통계')
    expect(reply.outcome).toBe('admin.only')
    expect(textOf(reply.message)).toContain('ADMIN_USERS에 이 계정(slack:T1/U1)')
    expect(textOf((await house.send('help')).message)).not.toContain('stats')
  })

  test('stands in the help of administrators', async () => {
    await openWith('slack:T1/U1')
    expect(textOf((await house.send('help')).message)).toContain('stats')
    expect(COMMANDS.filter((one) => one.isForAdministrators).map(({ name }) => name)).toEqual(['stats'])
  })

  test('a button cannot carry it past the check', async () => {
    await openWith('slack:T1/U1')
    await house.send('help', minji)
    expect((await house.send('stats', junho)).outcome).toBe('admin.only')
    await house.send('stats', minji)
    expect((await house.send('press 1', junho)).outcome).not.toBe('ok')
  })
})

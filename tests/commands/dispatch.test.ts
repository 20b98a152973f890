import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Reply } from '../../src/commands/command.ts'
import { Refusal } from '../../src/errors.ts'
import { type JobId, newId } from '../../src/ids.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { type House, junho, minji, openHouse, person, place, textOf } from './house.ts'

let houses: House[] = []
const house = async (changed?: Parameters<typeof openHouse>[0]) => {
  const opened = await openHouse(changed)
  houses.push(opened)
  return opened
}
afterEach(async () => {
  await Promise.all(houses.map((one) => one.close()))
  houses = []
})

const commandsOf = (reply: Reply) => (reply.message.buttons ?? []).map((button) => button.command)

describe('a crawl', () => {
  test('is accepted with what was understood and a button that cancels it', async () => {
    const { send } = await house()
    const reply = await send('ssg 노트북 --limit 50 --format csv')
    expect(reply.outcome).toBe('ok')
    expect(textOf(reply.message)).toBe(
      '수집을 시작합니다: SSG.COM · 노트북, 최대 50개, CSV 파일.\n진행 상황과 결과 파일은 스레드에 올립니다.',
    )
    expect(commandsOf(reply)).toEqual([`cancel ${reply.jobId}`])
  })

  test('is stored as it was asked for, at the place where it was typed', async () => {
    const { send, store, user } = await house()
    const { jobId } = await send('https://www.ssg.com/list?a=1 --private', minji)
    expect(await store.ownerJobs.job(await user(minji), jobId as JobId)).toMatchObject({
      request: {
        site: 'ssg',
        words: '',
        url: 'https://www.ssg.com/list?a=1',
        limit: 100,
        format: 'xlsx',
        isPrivate: true,
      },
      place,
    })
  })

  test('of an address that no shop owns is for web', async () => {
    const { send, store, user } = await house()
    const { jobId } = await send('https://shop.example/list')
    expect((await store.ownerJobs.job(await user(minji), jobId as JobId))?.request.site).toBe('web')
  })

  test('is private for everybody where the operator says so', async () => {
    const { send } = await house({ options: { isPrivate: true } })
    expect(textOf((await send('ssg')).message)).toContain('본인만 볼 수 있는 곳')
  })

  test('by a word that means two malls says which was taken, and one button takes the other', async () => {
    const { send, store, user } = await house()
    const taken = await send('신세계 "--노트북" --limit 30')
    expect(textOf(taken.message)).toContain('‘신세계’를 신세계 쇼핑으로 이해했습니다. SSG.COM을 찾으셨다면')
    const other = taken.message.buttons![0]!
    expect(other.label).toBe('SSG.COM에서 찾기')

    const switched = await send(other.command)
    expect(switched.outcome).toBe('ok')
    const owner = await user(minji)
    expect((await store.ownerJobs.job(owner, taken.jobId as JobId))?.state).toBe('cancelled')
    expect((await store.ownerJobs.active(owner))?.request).toMatchObject({ site: 'ssg', words: '--노트북', limit: 30 })
  })

  test('by such a word has a button that is short however long the words are: Discord carries 100 characters', async () => {
    const { send, store, user } = await house()
    const words = '무선 노트북 '.repeat(25).trim()
    const [other] = (await send(`신세계 ${words} --limit 30 --format csv`)).message.buttons!
    expect(other!.command.length).toBeLessThan(60)
    await send(other!.command)
    const { request } = (await store.ownerJobs.active(await user(minji)))!
    expect(request).toMatchObject({ site: 'ssg', words, limit: 30, format: 'csv' })
  })

  test('takes nothing to the other mall of a job whose words were removed', async () => {
    const { send, work, store, user } = await house()
    const taken = await send('신세계 노트북')
    await work(taken.jobId!, 1, { state: 'succeeded', stopReason: 'end' })
    await send(`forget ${taken.jobId}`)
    expect((await send(taken.message.buttons![0]!.command)).outcome).toBe('job.cleared')
    expect(await store.ownerJobs.active(await user(minji))).toBeUndefined()
  })

  test('starts at the other mall though the first has ended meanwhile', async () => {
    const { send, work, store, user } = await house()
    const taken = await send('신세계')
    await work(taken.jobId!, 1, { state: 'succeeded', stopReason: 'end' })
    expect((await send(taken.message.buttons![0]!.command)).outcome).toBe('ok')
    expect((await store.ownerJobs.active(await user(minji)))?.request.site).toBe('ssg')
  })

  test('by emart names no other mall while nobody crawls that one', async () => {
    const { send } = await house()
    const reply = await send('emart')
    expect(textOf(reply.message)).not.toContain('이해했습니다')
    expect(commandsOf(reply)).toHaveLength(1)
  })
})

describe('a refusal', () => {
  test('of a word that is nearest to help offers help once', async () => {
    const { send } = await house()
    for (const line of ['hello', 'hepl', '/crawl hello there']) {
      const refused = await send(line)
      expect([line, refused.outcome, commandsOf(refused)]).toEqual([line, 'command.unknown', ['help']])
    }
    expect(commandsOf(await send('statsu'))).toEqual(['status', 'help'])
  })

  test('names a shop as people read it, not by the word for it', async () => {
    const admit = async () => {
      throw new Refusal('site.paused', { site: 'shinsegae' })
    }
    const { send } = await house({ jobs: { admit } })
    expect(textOf((await send('shinsegae')).message)).toMatch(/^관리자가 신세계 쇼핑 수집을 잠시 멈춰 두어/)
  })

  test('of the second crawl names the shop of the first so, too', async () => {
    const { send } = await house()
    await send('shinsegae 노트북')
    expect(textOf((await send('ssg')).message)).toContain('진행 중입니다: 신세계 쇼핑 노트북.')
  })

  test('of a number of products tells the range', async () => {
    const { send } = await house()
    expect(textOf((await send('ssg --limit 99999999')).message)).toContain('1부터 10,000까지')
    const sam = person('U3', { locale: 'en' })
    expect(textOf((await send('ssg --limit 99999999', sam)).message)).toBe(
      '“99999999” cannot be the number of products. Please give a whole number from 1 to 10,000.',
    )
  })
})

describe('a second crawl', () => {
  test('is refused with the running one: its progress, its thread, a button that cancels it', async () => {
    const { send, work, openThread } = await house()
    const first = await send('ssg 노트북')
    const { root } = await openThread(first.jobId!)
    await work(first.jobId!, 12)
    const second = await send('ssg 마우스')
    expect(second).toMatchObject({ outcome: 'job.active', jobId: first.jobId })
    const text = textOf(second.message)
    expect(text).toMatch(/^이미 크롤링이 진행 중입니다/)
    expect(text).toContain('상품 12 / 100개')
    expect(text).toContain(`진행 중인 스레드 열기 <https://chat.example/${root}>`)
    expect(commandsOf(second)[0]).toBe(`cancel ${first.jobId}`)
    expect((await send(commandsOf(second)[0]!)).outcome).toBe('ok')
    expect((await send('ssg 마우스')).outcome).toBe('ok')
  })

  test('of another person is accepted', async () => {
    const { send } = await house()
    await send('ssg', minji)
    expect((await send('ssg', junho)).outcome).toBe('ok')
  })

  test('is refused in English to whoever reads English', async () => {
    const { send } = await house()
    const sam = person('U3', { locale: 'en' })
    await send('ssg', sam)
    expect(textOf((await send('ssg', sam)).message)).toMatch(/^A crawl of yours is already running/)
  })
})

describe('status, cancel, retry, again, history', () => {
  test('status tells the running job as its thread does', async () => {
    const { send, work } = await house()
    const { jobId } = await send('ssg 노트북')
    await work(jobId!, 7)
    const reply = await send('상태')
    expect(textOf(reply.message)).toContain('수집 중 · 상품 7 / 100개 · 1페이지')
    expect(reply.message.bar).toEqual({ done: 7, total: null })
    expect(commandsOf(reply)).toEqual([`cancel ${jobId}`])
  })

  test('status says of a job that waits that there is no worker', async () => {
    const { send, work } = await house({ parts: { isWorkerless: () => true } })
    const { jobId } = await send('ssg 노트북')
    expect(textOf((await send('상태')).message)).toContain('실행 중인 작업자가 없어')
    await work(jobId!, 7)
    expect(textOf((await send('상태')).message)).not.toContain('작업자')
  })

  test('status without a running job tells the newest one', async () => {
    const { send, work } = await house()
    expect(textOf((await send('status')).message)).toContain('진행 중인 크롤링이 없습니다')
    const { jobId } = await send('ssg 노트북')
    await work(jobId!, 3, { state: 'succeeded', stopReason: 'end' })
    const reply = await send('status')
    expect(textOf(reply.message)).toContain('마지막 작업: SSG.COM · 노트북 · 완료 · 상품 3개 · 방금')
    expect(commandsOf(reply)).toEqual([`again ${jobId}`, `result ${jobId}`])
  })

  test('cancel ends the running job and says what it had', async () => {
    const { send, work } = await house()
    const { jobId } = await send('ssg 노트북')
    await work(jobId!, 5)
    expect(textOf((await send('cancel')).message)).toContain('그때까지 모은 상품 5개는 파일로 드립니다')
    expect((await send('cancel')).outcome).toBe('job.none_active')
  })

  test('retry starts a failed job once more, and only a failed one', async () => {
    const { send, work } = await house()
    const first = await send('ssg 노트북')
    await work(first.jobId!, 1, { state: 'failed', code: 'page.dns', facts: { host: 'www.ssg.com' }, stopReason: null })
    const retried = await send('retry')
    expect(retried.outcome).toBe('ok')
    expect(retried.jobId).not.toBe(first.jobId)
    await send('cancel')
    expect((await send(`retry ${retried.jobId}`)).outcome).toBe('job.not_failed')
  })

  test('again runs the newest request anew', async () => {
    const { send, work, store, user } = await house()
    const first = await send('ssg 노트북 --limit 7')
    await work(first.jobId!, 7, { state: 'succeeded', stopReason: 'limit' })
    const second = await send('again')
    expect(second.outcome).toBe('ok')
    expect((await store.ownerJobs.job(await user(minji), second.jobId as JobId))?.request).toMatchObject({
      words: '노트북',
      limit: 7,
    })
    expect((await send('again', junho)).outcome).toBe('job.unknown')
  })

  test('history lists the person’s own jobs, newest first, with the ids that other commands take', async () => {
    const { send, work } = await house()
    expect(textOf((await send('기록')).message)).toContain('아직 작업이 없습니다')
    const first = await send('ssg 노트북')
    await work(first.jobId!, 2, { state: 'succeeded', stopReason: 'end' })
    const second = await send('ssg 마우스')
    await send('ssg 키보드', junho)
    const text = textOf((await send('기록')).message)
    expect(text.split('\n')).toEqual([
      '최근 작업 2개입니다.',
      `${second.jobId} SSG.COM · 마우스 · 대기 · 상품 0개 · 방금`,
      `${first.jobId} SSG.COM · 노트북 · 완료 · 상품 2개 · 방금`,
    ])
  })

  test('history and status tell times rightly where the clocks of process and database differ', async () => {
    const ahead = { ...systemClock, now: () => systemClock.now() + 600_000 }
    const { send, work } = await house({ parts: { clock: ahead } })
    const { jobId } = await send('ssg 노트북')
    await work(jobId!, 3, { state: 'succeeded', stopReason: 'end' })
    for (const command of ['history', 'status']) expect(textOf((await send(command)).message)).toContain(' · 방금')
  })
})

describe('result', () => {
  test('hands the file of the newest ended job to the person, in the form asked for', async () => {
    const { send, work } = await house()
    const { jobId } = await send('ssg 노트북')
    await work(jobId!, 2, { state: 'succeeded', stopReason: 'end' })
    const reply = await send('result --format json')
    expect(reply.files).toHaveLength(1)
    const [file] = reply.files!
    expect(file).toMatchObject({ contentType: 'application/json; charset=utf-8' })
    expect(file!.name).toMatch(/^ssg_노트북_.*\.json$/)
    expect(JSON.parse(readFileSync(file!.path, 'utf8'))).toHaveLength(2)
  })

  test('comes in the job’s own form unless said', async () => {
    const { send, work } = await house()
    const { jobId } = await send('ssg --format jsonl')
    await work(jobId!, 1, { state: 'succeeded', stopReason: 'end' })
    expect((await send(`결과 ${jobId}`)).files![0]!.name).toMatch(/\.jsonl$/)
  })

  test('of a running job and of one without products is refused', async () => {
    const { send, work } = await house()
    const { jobId } = await send('ssg')
    expect((await send(`result ${jobId}`)).outcome).toBe('job.still_active')
    await work(jobId!, 0, { state: 'succeeded', stopReason: 'nothing' })
    expect((await send(`result ${jobId}`)).outcome).toBe('job.no_products')
  })
})

describe('another’s job', () => {
  test('is answered like one that is not there, whatever is asked of it', async () => {
    const { send, work } = await house()
    const theirs = (await send('ssg 노트북', minji)).jobId!
    const none = newId(Date.now())
    for (const line of ['cancel ID', 'retry ID', 'again ID', 'result ID', 'switch ID ssg']) {
      const [own, absent] = await Promise.all([theirs, none].map((id) => send(line.replace('ID', id), junho)))
      expect(own!.outcome).toBe('job.unknown')
      expect(absent!.outcome).toBe('job.unknown')
      expect(textOf(own!.message).replace(theirs, none)).toBe(textOf(absent!.message))
    }
    await work(theirs, 1, { state: 'succeeded', stopReason: 'end' })
    expect((await send(`result ${theirs}`, junho)).outcome).toBe('job.unknown')
    expect((await send(`result ${theirs}`, minji)).outcome).toBe('ok')
  })
})

describe('press', () => {
  test('presses a button of the last answer that had any', async () => {
    const { send } = await house()
    const { jobId } = await send('ssg')
    await send('sites')
    const pressed = await send('press 1')
    expect(pressed).toMatchObject({ outcome: 'ok', jobId })
    expect(textOf(pressed.message)).toContain('취소했습니다')
  })

  test.each(['press 9', 'press 0', 'press two', 'press 9번'])('%s names the buttons that there are', async (line) => {
    const { send } = await house()
    await send('ssg')
    const reply = await send(line)
    expect(reply.outcome).toBe('args.press')
    expect(textOf(reply.message)).toMatch(/1부터 \d/)
  })

  test('is each person’s own', async () => {
    const { send } = await house()
    await send('ssg', minji)
    const reply = await send('press 1', junho)
    expect(reply.outcome).toBe('args.press')
    expect(textOf(reply.message)).toContain('지금 누를 수 있는 버튼이 없습니다')
  })
})

describe('language', () => {
  test('is the person’s choice, else their platform’s, else the deployment’s', async () => {
    const { send } = await house({ options: { locale: 'en' } })
    const quiet = person('U9', { locale: undefined })
    expect(textOf((await send('status', quiet)).message)).toContain('You have no crawl running')
    expect(textOf((await send('status', { ...quiet, locale: 'ko' })).message)).toContain('진행 중인 크롤링이 없습니다')
    expect(textOf((await send('lang en', minji)).message)).toBe('I will answer in English from now on.')
    expect(textOf((await send('status', minji)).message)).toContain('You have no crawl running')
    expect(textOf((await send('lang auto', minji)).message)).toBe('앞으로 채팅 앱의 언어 설정을 따릅니다.')
    expect(textOf((await send('status', minji)).message)).toContain('진행 중인 크롤링이 없습니다')
  })
})

describe('help and sites', () => {
  test('lead with a shop that robots.txt allows, and offer none that it forbids', async () => {
    const { send } = await house({ parts: { robotsKnown: async (site) => site === 'shinsegae' } })
    const help = await send('help')
    const text = textOf(help.message)
    expect(text).toContain('shinsegae 노트북')
    expect(text).not.toContain('ssg 노트북')
    expect(commandsOf(help)[0]).toBe('shinsegae 노트북')
    expect(textOf((await send('sites')).message)).toContain('관리자가 ROBOTS_PERMISSION에 적어야 합니다')
  })

  test('help names every command but internal ones, with its Korean word', async () => {
    const { send } = await house()
    const text = textOf((await send('help')).message)
    for (const word of ['상태', '취소', '재시도', '기록', '결과', '쇼핑몰', '언어', '도움말'])
      expect(text).toContain(`(${word})`)
    expect(text).not.toContain('switch')
    expect(text).toContain('<쇼핑몰|주소> [검색어…] [--limit 개수] [--format xlsx|csv|json|jsonl] [--private]')
  })
})

describe('a misspelt line', () => {
  test('is answered with the line put right, ready to press', async () => {
    const { send } = await house()
    const reply = await send('sgs 노트북 --limit 5')
    expect(reply.outcome).toBe('site.unknown')
    expect(commandsOf(reply)).toEqual(['ssg 노트북 --limit 5', 'help'])
    expect((await send('press 1')).outcome).toBe('ok')
  })
})

describe('who may ask', () => {
  test('a redelivered event is not answered twice', async () => {
    const { send, dispatch, store, user } = await house()
    await send('ssg', minji, { eventId: 'E1' })
    const again = await dispatch({ eventId: 'E1', account: minji, place, text: 'cancel' })
    expect(again).toBeUndefined()
    expect((await store.ownerJobs.active(await user(minji)))?.state).toBe('queued')
  })

  test('the same event id on another platform is another event', async () => {
    const { send, dispatch } = await house()
    await send('status', minji, { eventId: 'E1' })
    expect(
      await dispatch({ eventId: 'E1', account: { ...minji, platform: 'discord' }, place, text: 'status' }),
    ).toBeDefined()
  })

  test('a blocked person is told whom to ask, whatever they send', async () => {
    const blocked = { id: newId<never>(0), locale: null, blockedAt: 1 }
    const { send } = await house({
      options: { contact: 'help@example.com' },
      parts: {
        users: {
          resolve: async (key, name) => ({
            user: blocked,
            account: { ...key, id: newId(0), userId: blocked.id, name },
          }),
          find: async () => undefined,
          user: async () => blocked,
          accountsOf: async () => [],
          setLocale: async () => {},
        },
      },
    })
    for (const line of ['ssg', 'help', 'status']) {
      const reply = await send(line)
      expect(reply.outcome).toBe('user.blocked')
      expect(textOf(reply.message)).toContain('help@example.com')
    }
  })

  test('more commands than a minute allows are refused until it has passed; others are not held up', async () => {
    const clock = createJumpingClock()
    const { send } = await house({ options: { commandsPerMinute: 3 }, parts: { clock } })
    for (let at = 0; at < 3; at += 1) expect((await send('status')).outcome).toBe('ok')
    const refused = await send('status')
    expect(refused.outcome).toBe('command.too_many')
    expect(textOf(refused.message)).toContain('1분 뒤에')
    expect((await send('status', junho)).outcome).toBe('ok')
    await clock.jump(60_000)
    expect((await send('status')).outcome).toBe('ok')
  })

  test('the console’s people may send as many as they like', async () => {
    const { send } = await house({ options: { commandsPerMinute: 1 } })
    const local = person('local', { platform: 'console', workspace: '' })
    for (let at = 0; at < 5; at += 1) expect((await send('status', local)).outcome).toBe('ok')
  })
})

describe('when something fails', () => {
  test('a bug is told as an id that stands in the log, and nothing is thrown', async () => {
    const { send, events } = await house({
      jobs: {
        admit: async () => {
          throw new TypeError('a bug')
        },
      },
    })
    const reply = await send('ssg')
    expect(reply.outcome).toBe('internal')
    const fault = events.find(({ name }) => name === 'fault')!.facts as { id: string; where: string; error: Error }
    expect(fault).toMatchObject({ where: 'command crawl', error: expect.any(TypeError) })
    expect(textOf(reply.message)).toContain(fault.id)
    expect(textOf(reply.message)).not.toContain('a bug')
  })

  test('a store that is away refuses in the platform’s language before anybody is known', async () => {
    const { dispatch, store } = await house({
      parts: {
        users: {
          resolve: () => Promise.reject(new Refusal('store.busy', {})),
        } as never,
      },
    })
    const reply = await dispatch({ eventId: 'E1', account: { ...minji, locale: 'en' }, place, text: 'status' })
    expect(reply).toMatchObject({ outcome: 'store.busy' })
    expect(textOf(reply!.message)).toContain('The storage is busy')
    expect(store).toBeDefined()
  })

  test('a log row that cannot be written costs nobody the answer', async () => {
    const { send, events } = await house({
      parts: {
        commands: {
          isNewEvent: async () => true,
          log: () => Promise.reject(new Error('disk')),
          recentWords: async () => [],
        },
      },
    })
    expect((await send('status')).outcome).toBe('ok')
    expect(events.some(({ name }) => name === 'fault')).toBe(true)
  })

  test('nothing of what people type can stand in an event', async () => {
    const { send, events } = await house()
    await send('ssg 비밀검색어')
    await send('비밀검색어')
    expect(JSON.stringify(events)).not.toContain('비밀')
    expect(events.map(({ name }) => name)).toEqual([
      'command.received',
      'job.submitted',
      'command.answered',
      'command.answered',
    ])
  })
})

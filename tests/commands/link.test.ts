import { stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Invocation, Reply } from '../../src/commands/command.ts'
import { type House, minji, openHouse, person, textOf } from './house.ts'

/** Minji on Discord. */
const there = person('140000000000000010', { name: 'minji#1', platform: 'discord', workspace: '' })

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

const told = (reply: Reply): string => textOf(reply.message)
const codeOf = (reply: Reply): string => /link ([0-9A-Z-]{14})/.exec(told(reply))![1]!
const send = (text: string, who?: Invocation['account'], more?: Partial<Invocation>) => house.send(text, who, more)
/** Links Minji's two accounts. */
const linked = async (): Promise<Reply> => send(`link ${codeOf(await send('link'))} confirm`, there)

describe('link', () => {
  test('gives a code, shows both names on the other platform, and links on confirming', async () => {
    const code = codeOf(await send('link'))
    const asked = await send(`link ${code}`, there)
    expect(told(asked)).toContain('Slack · 민지')
    expect(told(asked)).toContain('Discord · minji#1')
    expect(told(asked)).toContain(`link ${code} confirm`)
    expect(await house.user(there)).not.toBe(await house.user(minji)) // nothing was changed by asking
    const done = await send(asked.message.buttons![0]!.command, there)
    expect(told(done)).toContain('연결했습니다: Discord · minji#1, Slack · 민지')
    expect(await house.user(there)).toBe(await house.user(minji))
  })

  test.each([
    ['pressed by its number', 'press 1'],
    ['confirmed in Korean', undefined],
  ])('is %s too', async (_, line) => {
    const code = codeOf(await send('link'))
    await send(`link ${code}`, there)
    expect(told(await send(line ?? `연결 ${code.toLowerCase()} 확인`, there))).toContain('연결했습니다')
  })

  test('takes a code that was typed on the Korean keyboard', async () => {
    const code = codeOf(await send('link'))
    const KEYS = 'abcdefghijklmnopqrstuvwxyz'
    const HANGUL = 'ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ'
    const typed = [...code.toLowerCase()].map((letter) => HANGUL[KEYS.indexOf(letter)] ?? letter).join('')
    expect(told(await send(`link ${typed}`, there))).toContain('Slack · 민지')
  })

  test('then shows the linked accounts, with a button to part them', async () => {
    await linked()
    const shown = await send('link')
    expect(told(shown)).toContain('연결된 계정: Slack · 민지, Discord · minji#1')
    expect(shown.message.buttons?.map(({ command }) => command)).toEqual(['unlink'])
  })

  test('refuses a wrong code, a used one, one’s own, and one of the same chat', async () => {
    const outcome = async (line: string, who = there) => (await send(line, who)).outcome
    const code = codeOf(await send('link'))
    expect(await outcome('link 0000-0000-0000')).toBe('link.code_unknown')
    expect(await outcome(`link ${code}`, minji)).toBe('link.same_chat')
    expect(await outcome(`link ${code} confirm`, person('U2'))).toBe('link.same_chat')
    expect(await outcome(`link ${code} confirm`)).toBe('ok')
    expect(await outcome(`link ${code} confirm`)).toBe('link.code_unknown')
    const second = codeOf(await send('link'))
    expect(await outcome(`link ${second}`)).toBe('link.already')
    expect(await outcome(`link ${second} what`)).toBe('args.unexpected')
  })

  test('refuses the sixth try of an account, even with the right code, and says so', async () => {
    const code = codeOf(await send('link'))
    for (let at = 0; at < 5; at++) await send(`link 0000-0000-000${at}`, there)
    const refused = await send(`link ${code} confirm`, there)
    expect(refused.outcome).toBe('link.too_many')
    expect(told(refused)).toContain('10분')
    expect(await house.user(there)).not.toBe(await house.user(minji))
  })

  test('with a crawl on each side says which to wait for, and offers to cancel it and to confirm again', async () => {
    await send('ssg 모니터')
    const own = await send('ssg 노트북', there)
    const refused = await linked()
    expect(refused.outcome).toBe('link.both_active')
    expect(told(refused)).toContain('SSG.COM 노트북')
    expect(told(refused)).not.toContain('모니터')
    const [cancel, confirm] = refused.message.buttons!
    expect(cancel!.command).toBe(`cancel ${own.jobId}`)
    await send(cancel!.command, there)
    expect((await send(confirm!.command, there)).outcome).toBe('ok')
    expect((await send('ssg 키보드', there)).outcome).toBe('job.active')
  })

  test('ends a code that others can read, and links nobody by it', async () => {
    const code = codeOf(await send('link'))
    const refused = await send(`link ${code}`, there, { isOverheard: true })
    expect(refused.outcome).toBe('link.code_seen')
    expect((await send(`link ${code} confirm`, person('9', { platform: 'console', workspace: '' }))).outcome).toBe(
      'link.code_unknown',
    )
  })

  test('keeps codes and names out of the events and the log', async () => {
    const code = codeOf(await send('link'))
    await send(`link ${code}`, there)
    await send(`link ${code} confirm`, there)
    const kept = JSON.stringify(house.events)
    for (const secret of [code, code.replaceAll('-', ''), '민지', 'minji#1']) expect(kept).not.toContain(secret)
    const events = house.events.filter(({ name }) => name === 'account.linked')
    expect(events).toHaveLength(1)
  })
})

describe('a linked person', () => {
  test('sees jobs and files of both sides on either, and their quota counts both', async () => {
    const { jobId } = await send('ssg 노트북')
    await house.work(jobId!, 3, { state: 'succeeded', stopReason: 'end' })
    await linked()
    expect(told(await send('history', there))).toContain(jobId)
    const { files } = await send(`result ${jobId} --format csv`, there)
    expect(files).toHaveLength(1)
    expect((await house.store.ownerJobs.usage(await house.user(there), 3_600_000)).jobs).toHaveLength(1)
  })

  test('keeps files on disk only where they belong', async () => {
    await send('help') // the older user, whose folder it becomes
    const { jobId } = await send('ssg 노트북', there)
    await house.work(jobId!, 3, { state: 'succeeded', stopReason: 'end' })
    const [before] = (await send(`result ${jobId}`, there)).files!
    await linked()
    const [after] = (await send(`result ${jobId}`)).files!
    expect(after!.path).not.toBe(before!.path)
    expect({ ...after, path: '' }).toEqual({ ...before, path: '' })
    await expect(stat(before!.path)).rejects.toThrow('ENOENT')
    await send('unlink', there)
    await expect(stat(after!.path)).rejects.toThrow('ENOENT')
    expect((await send(`result ${jobId}`)).outcome).toBe('job.unknown')
    expect((await send(`result ${jobId}`, there)).outcome).toBe('ok')
  })
})

describe('unlink', () => {
  test('parts the account again, and old buttons of the other’s jobs do nothing', async () => {
    await linked()
    const { jobId } = await send('ssg 노트북')
    expect((await send(`cancel ${jobId}`, person('U9'))).outcome).toBe('job.unknown')
    const parted = await send('unlink', there)
    expect(told(parted)).toContain('Discord · minji#1')
    expect(told(parted)).toContain('Slack · 민지')
    expect((await send(`cancel ${jobId}`, there)).outcome).toBe('job.unknown')
    expect((await send('ssg 키보드', there)).outcome).toBe('ok')
    expect((await send(`cancel ${jobId}`)).outcome).toBe('ok')
  })

  test('of a person with one account says that there is nothing to part', async () => {
    expect((await send('unlink')).outcome).toBe('link.none')
  })
})

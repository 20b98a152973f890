import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Reply } from '../../src/commands/command.ts'
import type { House } from '../../src/main.ts'
import { recordEvents } from '../support/house.ts'
import { hasPostgres } from '../support/postgres.ts'
import { createRecordingPlatform, type RecordingPlatform } from '../support/recording-platform.ts'
import { hasRedis } from '../support/redis.ts'
import { openSharedGround, type SharedGround } from '../support/shared-house.ts'
import { suiteWhere } from '../support/suites.ts'

const SOON = { timeout: 60_000, interval: 20 }
const account = { platform: 'slack', workspace: 'T1', externalId: 'U1', name: '민지', locale: undefined }
const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'press on several bots', () => {
  let ground: SharedGround

  beforeEach(async () => {
    ground = await openSharedGround()
  })
  afterEach(() => ground.close())

  const openBot = async (): Promise<{ chat: RecordingPlatform; house: House }> => {
    const chat = createRecordingPlatform({ clock: systemClock, pace: { intervalMs: 1 } })
    const house = await ground.open({ telemetry: recordEvents().telemetry, platforms: [chat] }, { ROLE: 'bot' })
    house.startChat()
    return { chat, house }
  }
  const send = async ({ house }: { house: House }, text: string): Promise<Reply> =>
    (await house.dispatch({ eventId: null, account, place, text }))!

  test('the buttons of an answer and of a last word are pressed on a bot that showed neither', async () => {
    const [one, two] = [await openBot(), await openBot()]
    const asked = await send(one, 'ssg 노트북')
    expect(await send(two, 'press 1')).toMatchObject({ outcome: 'ok', jobId: asked.jobId })
    const lastWord = ({ chat }: { chat: RecordingPlatform }) =>
      chat.messages.find(({ versions }) => versions[0]!.mention && (versions[0]!.buttons ?? []).length > 0)
    await vi.waitFor(() => expect(lastWord(one) ?? lastWord(two)).toBeDefined(), SOON)
    const [teller, other] = lastWord(one) ? [one, two] : [two, one]
    const again = lastWord(teller)!.versions[0]!.buttons!.findIndex(({ command }) => command.startsWith('again '))
    await vi.waitFor(async () => {
      const pressed = await send(other, `press ${again + 1}`) // the word is on its way to the store
      expect(pressed).toMatchObject({ outcome: 'ok' })
      expect(pressed.jobId).not.toBe(asked.jobId)
    }, SOON)
  })
})

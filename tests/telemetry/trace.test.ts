import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createTelemetry } from '../../src/telemetry/log.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { createRecordingPlatform } from '../support/recording-platform.ts'
import { until } from '../support/until.ts'

let at: TestHouse
afterEach(() => at.close())

interface Line {
  event: string
  requestId?: string
  user?: string
  job?: string
}

describe('one id follows a person’s request', () => {
  test('from the command over the job and its requests to shops to the last message', async () => {
    const lines: Line[] = []
    const telemetry = createTelemetry({
      level: 'debug',
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    })
    const live: Line[] = []
    telemetry.subscribe((line) => live.push(JSON.parse(line)))
    const platform = createRecordingPlatform({ clock: systemClock })
    at = await openTestHouse({ telemetry, platforms: [platform] })
    const account = { platform: 'slack', workspace: 'T1', externalId: 'U1', name: '민지', locale: 'ko' as const }
    const place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }
    const reply = await at.house.dispatch({ eventId: null, account, place, text: 'ssg 노트북 --limit 5' })
    const ofJob = () => lines.filter(({ job }) => job === reply!.jobId)
    await until(() => ofJob().filter(({ event }) => event === 'outbox.sent').length >= 4)

    const answered = lines.find(({ event }) => event === 'command.answered')!
    expect(answered).toMatchObject({ requestId: expect.any(String), job: reply!.jobId })
    const { requestId, user } = answered
    const told = ofJob()
    expect(told.filter((line) => line.requestId !== requestId || line.user !== user)).toEqual([])
    const steps = ['job.submitted', 'job.claimed', 'page.fetched', 'page.stored', 'job.ended', 'outbox.sent']
    expect(told.map(({ event }) => event)).toEqual(expect.arrayContaining(steps))
    expect(live.filter((line) => line.requestId === requestId)).toHaveLength(told.length + 1) // and command.received
  })
})

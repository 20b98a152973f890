import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { openSlackHouse, recordingDispatch, type SlackHouse } from '../support/slack-rig.ts'
import { type SlackFault, userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')

describe('requests from Slack over HTTP', () => {
  let house: SlackHouse
  let { asked, dispatch } = recordingDispatch()

  beforeEach(async () => {
    ;({ asked, dispatch } = recordingDispatch())
    house = await openSlackHouse('http')
    await house.start(dispatch)
  })
  afterEach(() => house.stop())

  const signed = (at = Date.now(), secret?: string) =>
    house.server.signed('slash_commands', house.server.commandPayload(MINJI, 'C1', 'status'), {
      at,
      ...(secret ? { secret } : {}),
    })
  /** Another workspace, where Slack answers so from the start. */
  const reopen = async (fault: (method: string) => SlackFault | undefined) => {
    await house.stop()
    house = await openSlackHouse('http')
    house.server.failAll(fault)
    await house.start(dispatch)
  }
  const heard = () => until(() => asked.length > 0, 'the dispatch')

  test('a signed command is acknowledged and heard', async () => {
    expect((await house.server.request(signed())).status).toBe(200)
    await heard()
    expect(asked[0]).toMatchObject({ text: 'status', account: { externalId: MINJI, workspace: 'T1', locale: 'ko' } })
  })

  test.each<[string, (it: ReturnType<typeof signed>) => void]>([
    ['a changed body', (it) => (it.body = it.body.replace('status', 'cancel'))],
    ['a changed timestamp', (it) => (it.headers['x-slack-request-timestamp'] = String(Date.now() / 1_000 - 1))],
    ['no signature', (it) => delete it.headers['x-slack-signature']],
    ['no timestamp', (it) => delete it.headers['x-slack-request-timestamp']],
    ['an empty signature', (it) => (it.headers['x-slack-signature'] = '')],
    ['version v1', (it) => (it.headers['x-slack-signature'] = it.headers['x-slack-signature']!.replace('v0', 'v1'))],
    ['a cut signature', (it) => (it.headers['x-slack-signature'] = it.headers['x-slack-signature']!.slice(0, -1))],
    ['a flipped digit', (it) => (it.headers['x-slack-signature'] = flip(it.headers['x-slack-signature']!))],
    ['two signatures', (it) => (it.headers['x-slack-signature'] += `, ${it.headers['x-slack-signature']}`)],
    ['a timestamp in words', (it) => (it.headers['x-slack-request-timestamp'] = 'now')],
    ['another secret', (it) => Object.assign(it, signed(Date.now(), 'another-secret'))],
    ['300 s and more ago', (it) => Object.assign(it, signed(Date.now() - 302_000))],
    ['300 s and more ahead', (it) => Object.assign(it, signed(Date.now() + 310_000))],
  ])('%s is refused with 401, and nothing is done', async (_, forge) => {
    const it = signed()
    forge(it)
    expect((await house.server.request(it)).status).toBe(401)
    expect(asked).toEqual([])
  })

  test.each([-290_000, 298_000])('a timestamp %i ms off still holds', async (off) => {
    expect((await house.server.request(signed(Date.now() + off))).status).toBe(200)
    await heard()
  })

  test('ssl_check needs no signature, and carries nothing in', async () => {
    const payload = { ...house.server.commandPayload(MINJI, 'C1', 'cancel'), ssl_check: '1' }
    const { body } = house.server.signed('slash_commands', payload)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await house.server.request({ body, headers })).toMatchObject({ status: 200, body: '' })
    expect(asked).toEqual([])
  })

  test('the same request again is answered and not done again', async () => {
    const it = signed()
    await house.server.request(it)
    await heard()
    expect((await house.server.request(it)).status).toBe(200)
    await house.server.request(signed())
    await until(() => asked.length === 2)
    expect(asked.map(({ eventId }) => eventId)).toEqual([expect.any(String), expect.any(String)])
  })

  test('a form replayed opens no second form', async () => {
    const it = house.server.signed('slash_commands', house.server.commandPayload(MINJI, 'C1', ''))
    await house.server.request(it)
    await until(() => house.server.views.length === 1)
    await house.server.request(it)
    await house.server.request(signed())
    await heard()
    expect(house.server.callsOf('views.open')).toHaveLength(1)
  })

  test('an event that Slack delivers three times has one effect', async () => {
    const channel = house.server.directOf(MINJI)
    const event = { type: 'message', channel_type: 'im', channel, user: MINJI, text: 'status' }
    const payload = house.server.eventPayload(event, 'EvThrice')
    for (const retry of [0, 1, 2]) {
      const it = house.server.signed('events_api', payload, { at: Date.now() - 10_000 + retry * 1_000 })
      if (retry > 0)
        Object.assign(it.headers, { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' })
      expect((await house.server.request(it)).status).toBe(200)
    }
    await house.server.write(MINJI, 'help')
    await until(() => asked.some(({ text }) => text === 'help'))
    expect(asked.map(({ text }) => text)).toEqual(['status', 'help'])
  })

  test('url_verification is answered after its signature is checked', async () => {
    const it = house.server.signed('events_api', { type: 'url_verification', challenge: 'abc', token: 'x' })
    expect(await house.server.request(it)).toMatchObject({ status: 200, body: '{"challenge":"abc"}' })
    const forged = { ...it, headers: { ...it.headers, 'x-slack-signature': 'v0=00' } }
    expect((await house.server.request(forged)).status).toBe(401)
  })

  test('another path and another method are 404', async () => {
    expect((await fetch(urlOf(house))).status).toBe(404)
    expect((await fetch(`${urlOf(house)}/x`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  test('a body above 1 MiB is refused at its own word, before it is sent', async () => {
    const status = await new Promise((resolve, reject) => {
      const call = request(urlOf(house), { method: 'POST', headers: { 'content-length': 104_857_600 } }, (answer) => {
        resolve(answer.statusCode)
        call.destroy()
      })
      call.on('error', reject)
      call.flushHeaders()
    })
    expect(status).toBe(413)
  })

  test('a body that says no length is cut at 1 MiB', async () => {
    let sent = 0
    const status = await new Promise((resolve) => {
      const call = request(urlOf(house), { method: 'POST' }, (answer) => {
        resolve(answer.statusCode)
        call.destroy()
      })
      call.on('error', () => resolve('cut'))
      const pour = () => {
        while (!call.destroyed && sent < 64_000_000) {
          sent += 65_536
          if (!call.write(Buffer.alloc(65_536))) return void call.once('drain', pour)
        }
      }
      pour()
    })
    expect([413, 'cut']).toContain(status)
    expect(sent).toBeLessThan(32_000_000)
  })

  test('a slow auth.test and a slow users.info keep no acknowledgement waiting', async () => {
    await reopen((method) => (['auth.test', 'users.info'].includes(method) ? { hang: true } : undefined))
    const times = []
    for (let i = 0; i < 5; i++) times.push((await house.server.command(userOf(`p${i}`), 'C1', 'status')).ms)
    expect(Math.max(...times)).toBeLessThan(3_000) // Slack’s own limit; 300 ms is the goal
    await until(() => asked.length === 5, 'the commands, though nobody is known')
    expect(asked[0]!.account.locale).toBeUndefined()
  })

  test('invalid_auth of auth.test turns the light red, is told, and commands are still heard', async () => {
    await reopen((method) => (method === 'auth.test' ? { error: 'invalid_auth' } : undefined))
    await until(() => house.slack.trouble() !== null)
    expect(house.slack.trouble()).toContain('invalid_auth')
    await house.server.command(MINJI, 'C1', 'status')
    await heard()
    house.server.failAll(undefined)
    await until(() => house.slack.trouble() === null, 'the next try')
  })

  test('after a stop nothing is heard, and Slack is told to come again', async () => {
    await house.slack.stop()
    expect((await house.server.command(MINJI, 'C1', 'status')).status).toBe(503)
    expect(asked).toEqual([])
  })
})

describe('a clock that is wrong', () => {
  test('is told, instead of every command vanishing in silence', async () => {
    const clock = createJumpingClock(Date.now() + 3_600_000)
    const house = await openSlackHouse('http', { clock })
    const { asked, dispatch } = recordingDispatch()
    await house.start(dispatch)
    expect((await house.server.command(MINJI, 'C1', 'status')).status).toBe(401)
    expect(JSON.stringify(house.faults)).toContain('clock')
    expect(asked).toEqual([])
    const stopped = house.stop()
    await clock.jump(10_000)
    await stopped
  })
})

const urlOf = ({ server }: SlackHouse): string => (server.mode as { url: string }).url
const flip = (text: string): string => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')

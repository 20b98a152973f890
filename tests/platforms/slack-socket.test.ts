import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NO_SERVICE } from '../support/platform-service.ts'
import { openSlackHouse, recordingDispatch, type SlackHouse } from '../support/slack-rig.ts'
import { userOf } from '../support/slack-server.ts'
import { until } from '../support/until.ts'

const MINJI = userOf('minji')

describe('socket mode', () => {
  let house: SlackHouse
  const rejections: unknown[] = []
  const noteRejection = (reason: unknown) => void rejections.push(reason)
  let { asked, dispatch } = recordingDispatch()

  beforeEach(async () => {
    ;({ asked, dispatch } = recordingDispatch())
    rejections.length = 0
    process.on('unhandledRejection', noteRejection)
    house = await openSlackHouse('socket')
    await house.start(dispatch)
  })
  afterEach(async () => {
    await house.stop()
    process.off('unhandledRejection', noteRejection)
    expect(rejections).toEqual([])
  })

  test('two sockets hear, and a command is acknowledged at once', async () => {
    expect(house.server.openSockets()).toHaveLength(2)
    const { ms } = await house.server.command(MINJI, 'C1', 'status')
    expect(ms).toBeLessThan(3_000) // Slack’s own limit
    await until(() => asked.length === 1)
    expect(house.slack.trouble()).toBeNull()
  })

  test('while Slack renews one socket after another, no command meets a deaf bot', async () => {
    for (let round = 0; round < 4; round++) {
      const before = house.server.opened
      const [first] = house.server.openSockets()
      house.server.refresh(first!, round % 2 ? 'warning' : 'refresh_requested')
      await until(() => first!.readyState !== first!.OPEN)
      expect(house.server.openSockets().length).toBeGreaterThan(0)
      const { ms } = await house.server.command(MINJI, 'C1', `status ${round}`)
      expect(ms).toBeLessThan(3_000) // Slack’s own limit
      await until(() => house.server.opened > before, 'a new socket')
    }
    await until(() => asked.length === 4)
  })

  test('both renewed at once are back within a second, not five', async () => {
    const startedAt = performance.now()
    for (const socket of house.server.openSockets()) house.server.refresh(socket)
    await until(() => house.server.opened >= 4)
    expect(performance.now() - startedAt).toBeLessThan(4_500)
    await house.server.command(MINJI, 'C1', 'status')
    await until(() => asked.length === 1)
  })

  test('dropped sockets come back, and what was not acknowledged is taken when it comes again', async () => {
    const payload = house.server.eventPayload(
      { type: 'app_mention', user: MINJI, channel: 'C1', text: '<@U0BOT> status' },
      'Ev1',
    )
    for (const socket of house.server.openSockets()) socket.terminate()
    await until(() => house.server.openSockets().length === 2, 'two new sockets')
    house.server.send(house.server.openSockets()[0]!, 'e1', 'events_api', payload)
    house.server.send(house.server.openSockets()[1]!, 'e2', 'events_api', payload, 1)
    await until(() => house.server.acks.has('e1') && house.server.acks.has('e2'))
    await house.server.command(MINJI, 'C1', 'help')
    await until(() => asked.some(({ text }) => text === 'help'))
    expect(asked.map(({ text }) => text)).toEqual(['status', 'help'])
  })

  test('a peer that answers no pings is given up within ten seconds', async () => {
    await house.stop()
    house = await openSlackHouse('socket', { pingTimeoutMs: 600 })
    await house.start(dispatch)
    const opened = house.server.opened
    house.server.isAnsweringPings = false
    await until(() => house.server.opened > opened, 'a new socket')
    house.server.isAnsweringPings = true
    await house.server.command(MINJI, 'C1', 'status')
  })

  test('invalid_auth at a reconnect ends no process, turns the light red, and is tried again', async () => {
    house.server.failAll((method) => (method === 'apps.connections.open' ? { error: 'invalid_auth' } : undefined))
    for (const socket of house.server.openSockets()) socket.terminate()
    await until(() => house.slack.trouble() !== null)
    expect(house.slack.trouble()).toContain('invalid_auth')
    house.server.failAll(undefined)
    await until(() => house.server.openSockets().length > 0, 'a socket')
    await house.server.command(MINJI, 'C1', 'status')
    await until(() => asked.length === 1 && house.slack.trouble() === null)
  })

  test.each([{ status: 500 }, { cut: true }, { status: 429, retryAfter: 1 }, { error: 'internal_error' }] as const)(
    'an API that answers %o at a reconnect is tried again',
    async (fault) => {
      house.server.failNext('apps.connections.open', fault, fault)
      for (const socket of house.server.openSockets()) socket.terminate()
      await until(() => house.server.openSockets().length === 2, 'two sockets')
    },
  )

  test('an API that is away at the start is waited for', async () => {
    const late = await openSlackHouse('socket')
    late.server.failAll(() => ({ status: 503 }))
    await late.slack.start(dispatch, NO_SERVICE)
    await until(() => late.slack.trouble() !== null)
    late.server.failAll(undefined)
    await until(() => late.server.openSockets().length === 2, 'two sockets')
    await late.server.command(MINJI, 'C1', 'status')
    await late.stop()
  })

  test('no client repeats a call by itself, the one that listens too', async () => {
    house.server.failNext('chat.postEphemeral', { status: 500 })
    house.server.failNext('chat.postMessage', { status: 500 })
    const before = house.server.calls.length
    await house.server.mention(MINJI, 'C1', 'status')
    await until(() => house.server.ephemerals.length === 1, 'the answer')
    const methods = house.server.calls.slice(before).map(({ method }) => method)
    expect(methods.filter((method) => method === 'chat.postEphemeral')).toHaveLength(2) // ours, a second later
  })
})

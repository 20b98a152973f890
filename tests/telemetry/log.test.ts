import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import type { EventName, Events } from '../../src/telemetry/events.ts'
import { faultId } from '../../src/telemetry/fault-id.ts'
import { createTelemetry, emitToAll, type TelemetryOptions } from '../../src/telemetry/log.ts'
import { WORDING } from '../../src/telemetry/wording.ts'

function open(options: Partial<TelemetryOptions> = {}) {
  const written: string[] = []
  const telemetry = createTelemetry({
    level: 'debug',
    destination: { write: (line) => void written.push(line) },
    ...options,
  })
  return { ...telemetry, written, records: () => written.map((line) => JSON.parse(line)) }
}

const ended = { job: 'j1', user: 'u1', site: 'ssg', state: 'succeeded', products: 40, pages: 1, ms: 900 }

describe('the log', () => {
  test('is one JSON line an event, with its words, level, time and facts', () => {
    const { emit, written, records } = open()
    emit('job.ended', ended)
    emit('job.ended', { ...ended, state: 'failed', code: 'page.timeout' })
    expect(written.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(true)
    const [first, second] = records()
    expect(first).toMatchObject({ level: 'info', event: 'job.ended', msg: 'job ended', ...ended })
    expect(new Date(first.time).toISOString()).toBe(first.time)
    expect(second).toMatchObject({ level: 'warn', code: 'page.timeout' })
  })

  test('words every event that there is', () => {
    const { emit, records } = open()
    const names = Object.keys(WORDING) as EventName[]
    for (const name of names) emit(name, {} as Events[typeof name])
    expect(records().map(({ event }) => event)).toEqual(names)
  })

  test('leaves out what is below its level', () => {
    const { emit, written } = open({ level: 'warn' })
    emit('job.ended', ended)
    emit('store.retry', { cause: 'busy', attempts: 3 })
    expect(written).toHaveLength(1)
  })

  test('tells a bug with its id, its stack and the errors behind it, and nothing else that hangs on them', () => {
    const { emit, records, written } = open()
    const cause = Object.assign(new Error('read ECONNRESET'), {
      code: 'ECONNRESET',
      request: { headers: { x: 'private' } },
    })
    emit('fault', { id: 'ABCD2345', where: 'runner', error: new TypeError('no such\nthing', { cause }) })
    const [{ id, where, error }] = records()
    expect({ id, where }).toEqual({ id: 'ABCD2345', where: 'runner' })
    expect(error).toMatchObject({ name: 'TypeError', message: 'no such\\u000athing', cause: { code: 'ECONNRESET' } })
    expect(error.stack[0]).toMatch(/^at .*log\.test\.ts/)
    expect(written[0]).not.toContain('private')
  })

  test('tells a refusal by its code, without the facts that a person typed', () => {
    const { emit, records, written } = open()
    emit('fault', { id: 'X', where: 'y', error: new Refusal('site.unknown', { word: '비밀검색', suggestion: null }) })
    expect(records()[0].error).toEqual({ name: 'Refusal', code: 'site.unknown' })
    expect(written[0]).not.toContain('비밀검색')
  })

  test('takes what is thrown though it is no error', () => {
    const { emit, records } = open()
    for (const error of ['text', undefined, null, { a: 1 }]) emit('fault', { id: 'X', where: 'y', error })
    expect(records().map(({ error }) => error.message)).toEqual(['text', 'undefined', 'null', '[object Object]'])
  })

  test('never throws: not for odd facts, a broken destination or a broken watcher', () => {
    const ring: Record<string, unknown> = {}
    ring.self = ring
    const broken = open({
      destination: {
        write: () => {
          throw new Error('no reader')
        },
      },
    })
    const odd = {
      get value() {
        throw new Error('unreadable')
      },
    }
    const { log, emit, subscribe, written } = open()
    subscribe(() => {
      throw new Error('gone')
    })
    expect(() => {
      log('info', 'odd', ring)
      log('info', 'odd', { big: 10n, fn: () => {}, symbol: Symbol('s'), nan: Number.NaN })
      log('info', 'odd', odd)
      emit('job.ended', ended)
      broken.emit('job.ended', ended)
      broken.flush()
    }).not.toThrow()
    expect(written).toHaveLength(3)
  })
})

describe('secrets', () => {
  // Put together here, so that no scanner takes the test for a leak.
  const slack = ['xoxb', '123456789012', '1234567890123', 'abcdefABCDEF123456789012'].join('-')
  const app = ['xapp', '1', 'A0123456789', '1234567890123', 'abcdef0123456789'].join('-')
  const discord = ['MTIzNDU2Nzg5MDEyMzQ1Njc4', 'GaBcDe', 'abcdefghijklmnopqrstuvwxyz0123456789AB'].join('.')
  const interaction = `aW50ZXJhY3Rpb246${'QUJD'.repeat(20)}`
  const webhook = 'T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'
  const admin = 'correct horse battery staple'
  const planted: [what: string, secret: string, text: string][] = [
    ['a Slack bot token', slack, `invalid_auth for ${slack}`],
    ['a Slack app token', app, `wss open failed (${app})`],
    ['a Slack webhook', webhook, `POST https://hooks.slack.com/services/${webhook} 404`],
    ['a Discord bot token', discord, `Bot ${discord} refused`],
    [
      'a Discord interaction token',
      interaction,
      `POST /api/v10/interactions/112233445566778899/${interaction}/callback`,
    ],
    [
      'a Discord webhook token',
      'w'.repeat(68),
      `PATCH /webhooks/112233445566778899/${'w'.repeat(68)}/messages/@original`,
    ],
    ['a Discord interaction token alone', interaction, `${interaction} has expired`],
    ['a bearer', 'abc.def-ghi_jkl', 'Authorization: Bearer abc.def-ghi_jkl'],
    ['basic authorization', 'dXNlcjpwYXNzd29yZDEyMzQ1', 'authorization=Basic dXNlcjpwYXNzd29yZDEyMzQ1'],
    ['a password in a DSN', 'p@ss:w0rd', 'cannot reach postgres://crawl:p@ss:w0rd@db.internal:5432/crawl'],
    ['a password of Redis', 'hunter22', 'redis://:hunter22@cache:6379 is away'],
    ['a signed query', 'c2lnbmF0dXJl', '/files/u/j.xlsx?expires=1795000000&key=abcdefgh&signature=c2lnbmF0dXJl'],
    ['a token in a query', 'tok3nvalue', 'https://www.ssg.com/a?token=tok3nvalue&x=1'],
    ['what a person searched', '%EB%85%B8', 'GET https://www.ssg.com/search.ssg?query=%EB%85%B8 503'],
    ['a secret of the configuration', admin, `the token was ${admin}.`],
  ]
  const tell = [
    ['in a text', ({ log }: ReturnType<typeof open>, text: string) => log('info', text)],
    ['in a fact', ({ log }, text) => log('info', 'told', { deep: { list: [text] } })],
    ['in an event', ({ emit }, text) => emit('chat.failed', { platform: 'slack', cause: text })],
    ['in an error', ({ emit }, text) => emit('fault', { id: 'X', where: 'y', error: new Error(text) })],
    [
      'behind an error',
      ({ emit }, text) => emit('fault', { id: 'X', where: 'y', error: new Error('a', { cause: new Error(text) }) }),
    ],
    [
      'at the cut of a very long text',
      ({ log }, text) => log('info', `?a=${'y'.repeat(1_990)} ${'x '.repeat(980)}${text}`),
    ],
    ['at the end of a long text', ({ log }, text) => log('info', 'x'.repeat(1_990) + text)],
  ] as [string, (telemetry: ReturnType<typeof open>, text: string) => void][]

  for (const [where, plant] of tell) {
    test.each(planted)(`${where}: %s is never written`, (_what, secret, text) => {
      for (const pretty of [false, true]) {
        const telemetry = open({ secrets: [admin], pretty })
        plant(telemetry, text)
        expect(telemetry.written).toHaveLength(1)
        expect(telemetry.written.join() + telemetry.recent().join()).not.toContain(secret)
      }
    })
  }

  test.each([
    'token',
    'botToken',
    'SLACK_BOT_TOKEN',
    'signingSecret',
    'password',
    'Authorization',
    'set-cookie',
    'apiKey',
    'DATABASE_URL',
    'words',
    'query',
    'userName',
  ])('under the name %s are never written', (key) => {
    const { log, written } = open()
    log('info', 'told', { [key]: 'value-to-hide', nested: { [key]: ['value-to-hide'] } })
    expect(written.join()).not.toContain('value-to-hide')
  })

  test('do not take ids, codes and counts with them', () => {
    const { emit, records } = open()
    const facts = {
      job: 'AZqVq1kCe8-xk3bX0Zr1_A',
      user: 'AZqVq1kCe8-xk3bX0Zr1_B',
      site: 'ssg',
      host: 'www.ssg.com',
      code: 'page.timeout' as const,
      tries: 3,
      final: true,
    }
    emit('page.failed', facts)
    expect(records()[0]).toMatchObject(facts)
  })
})

describe('a hostile text', () => {
  const hostile = 'a\r\n{"level":"error"}\u001b[2J\u0000\u202eevil\u2066\u2028\u009b'

  test('makes one record, with every mark shown escaped', () => {
    for (const pretty of [false, true]) {
      const { log, written } = open({ pretty })
      log('info', hostile, { [hostile]: hostile })
      expect(written).toHaveLength(1)
      expect(written[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/)
      expect(written[0]!.trimEnd()).not.toContain('\n')
      expect(written[0]).toContain('u001b[2J')
    }
  })

  test('is cut, and slows nothing down', () => {
    const { log, written } = open()
    const startedAt = performance.now()
    for (const unit of ['a', 'xoxb-', '?a=', 'a://', '/webhooks/1', `${'A'.repeat(25)}.`, 'Bearer ', '\u001b'])
      log('info', unit.repeat(200_000))
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(written.every((line) => line.length < 16_000)).toBe(true)
  })
})

describe('live logs', () => {
  test('are the newest lines, oldest first, none longer than allowed', () => {
    const { log, recent } = open({ ring: { lines: 3, lineBytes: 512 } })
    for (const text of ['1', '2', '3', '4']) log('info', text)
    log('info', '가'.repeat(1_000))
    const lines = recent().map((line) => JSON.parse(line))
    expect(lines.map(({ msg }) => msg.slice(0, 1))).toEqual(['3', '4', '가'])
    expect(lines[2].cut).toBeGreaterThan(512)
    expect(recent().every((line) => Buffer.byteLength(line) <= 1_024)).toBe(true)
  })

  test('reach whoever watches until they stop', () => {
    const { log, subscribe } = open()
    const seen: string[] = []
    const stop = subscribe((line) => seen.push(JSON.parse(line).msg))
    log('info', 'one')
    stop()
    log('info', 'two')
    expect(seen).toEqual(['one'])
  })
})

test('for a reader of sentences it holds bugs alone, and tells whose job they met', () => {
  const { emit, log, records } = open({ onlyFaults: true })
  emit('job.submitted', { job: 'j1', user: 'u1', site: 'ssg' })
  emit('store.retry', { cause: 'ECONNREFUSED', attempts: 1 })
  log('error', 'a library complains')
  emit('fault', { id: 'f1', where: 'job', job: 'j1', error: new Error('boom') })
  expect(records()).toMatchObject([{ event: 'fault', id: 'f1', level: 'error', user: 'u1' }])
})

test('without a destination lines go to standard error, whole, when the process ends', () => {
  const url = fileURLToPath(new URL('../../dist/src/telemetry/log.js', import.meta.url))
  const code = `import { createTelemetry } from ${JSON.stringify(url)}
    const { log, flush } = createTelemetry({ level: 'info' })
    for (let i = 0; i < 500; i += 1) log('info', 'line ' + i)
    flush()
    process.exit(0)`
  const out = execFileSync('sh', ['-c', 'node --input-type=module -e "$0" 2>&1 1>/dev/null', code], {
    encoding: 'utf8',
  })
  const messages = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
  expect(messages).toEqual(Array.from({ length: 500 }, (_, index) => `line ${index}`))
})

test('one emit for many reaches all of them, though one throws', () => {
  const seen: string[] = []
  const emit = emitToAll(
    (name) => void seen.push(name),
    () => {
      throw new Error('broken')
    },
    (name) => void seen.push(name),
  )
  emit('job.ended', ended)
  expect(seen).toEqual(['job.ended', 'job.ended'])
})

test('a fault’s id is short, readable aloud, and another each time', () => {
  const ids = new Set(Array.from({ length: 1_000 }, faultId))
  expect(ids.size).toBe(1_000)
  for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
})

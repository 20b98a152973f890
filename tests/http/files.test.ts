import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Refusal } from '../../src/errors.ts'
import { createHttpApp } from '../../src/http/app.ts'
import { mountFiles, rangeOf } from '../../src/http/files.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import type { JobId, UserId } from '../../src/ids.ts'
import { newId } from '../../src/ids.ts'
import { createLinkKeys } from '../../src/results/link-keys.ts'
import { linkKey, newLinkSecret, signLink } from '../../src/results/links.ts'
import type { OpenResult } from '../../src/results/results.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'

const owner = newId<UserId>(Date.now())
const job = newId<JobId>(Date.now())
const BYTES = Buffer.from('0123456789'.repeat(1_000))

describe('signed downloads', () => {
  const clock = createJumpingClock()
  const secret = newLinkSecret()
  let folder: string
  let server: HttpServer
  let address: string
  let blockedAt: number | null
  let isThere: boolean
  let trouble: Error | undefined
  let told: string[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shopcrawl-files-'))
    blockedAt = null
    isThere = true
    trouble = undefined
    told = []
    const emit: Emit = (name) => void told.push(name)
    const path = join(folder, 'r.csv')
    writeFileSync(path, BYTES)
    const file = { path, bytes: BYTES.length, name: 'ssg_노트북 "1".csv', contentType: 'text/csv; charset=utf-8' }
    const mount = mountFiles({
      keys: createLinkKeys({ secret, dir: folder }),
      clock,
      users: { user: async (id) => (id === owner ? { id, locale: null, blockedAt } : undefined) },
      results: {
        open: async (user, id, format) => {
          if (trouble) throw trouble
          return isThere && user === owner && id === job && format === 'csv' ? (file as OpenResult) : undefined
        },
      },
      ...{ emit, locale: 'en' },
    })
    const http = createHttpApp({ mounts: [mount], emit })
    server = createHttpServer({ http, host: '127.0.0.1', port: 0 })
    address = await server.start()
  })
  afterEach(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const link = (claim = {}, key = secret) =>
    signLink(linkKey(key), { userId: owner, jobId: job, format: 'csv', ...claim }, clock.now())
  const get = (path: string, headers = {}) => fetch(address + path, { headers })

  test('come whole, with type, length and a Korean name', async () => {
    const answer = await get(link())
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(BYTES)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-length': '10000',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[\w.-]+"; filename\*=UTF-8''ssg_%EB/,
    )
  })

  test.each([
    new Refusal('store.disk_full', { path: '/srv/data' }),
    new Refusal('store.busy', {}),
    new Refusal('store.unreachable', { server: 'db.example:5432' }),
  ])('that storage cannot give now answer 503 in the reader’s language, and are no bug: %s', async (refusal) => {
    trouble = refusal
    for (const [language, sentence] of [
      ['ko-KR,ko;q=0.9', '몇 분 뒤에'],
      ['en', 'in a few minutes'],
      ['fr', 'in a few minutes'],
    ]) {
      const answer = await get(link(), { 'accept-language': language })
      const text = await answer.text()
      expect([answer.status, text]).toEqual([503, expect.stringContaining(sentence!)])
      expect(text).not.toMatch(/srv|db\.example/)
      expect(answer.headers.get('cache-control')).toContain('no-store')
    }
    expect(told).toEqual(['store.retry', 'store.retry', 'store.retry'])
    trouble = new TypeError('a bug')
    expect((await get(link())).status).toBe(500)
    expect(told.at(-1)).toBe('fault')
  })

  test.each([
    ['bytes=0-9', 206, 'bytes 0-9/10000', '0123456789'],
    ['bytes=9995-', 206, 'bytes 9995-9999/10000', '56789'],
    ['bytes=-3', 206, 'bytes 9997-9999/10000', '789'],
    ['bytes=9998-99999', 206, 'bytes 9998-9999/10000', '89'],
    ['bytes=10000-', 416, 'bytes */10000', ''],
    ['bytes=-0', 416, 'bytes */10000', ''],
  ])('%s is %i', async (range, status, told, text) => {
    const answer = await get(link(), { range })
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([status, told, text])
  })

  test.each(['bytes=5-2', 'bytes=a-b', 'bytes=-', 'lines=1-2', 'bytes=0-1,5-6'])('%s is passed over', (range) => {
    expect(rangeOf(range, 100)).toBeUndefined()
  })

  test('HEAD tells the same without a byte', async () => {
    const answer = await fetch(address + link(), { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '10000', ''])
  })

  test('a link with any letter changed is 404', async () => {
    const path = link()
    for (let at = '/files/'.length; at < path.length; at += 7) {
      const letter = path[at] === 'A' ? 'B' : 'A'
      const answer = await get(path.slice(0, at) + letter + path.slice(at + 1))
      await answer.body?.cancel()
      expect([at, answer.status]).toEqual([at, 404])
    }
  })

  test.each([
    ['another key', () => link({}, newLinkSecret())],
    ['another’s job', () => link({ jobId: newId<JobId>(Date.now()) })],
    ['another user', () => link({ userId: newId<UserId>(Date.now()) })],
    ['more behind it', () => `${link()}&x=1`],
    ['a path that climbs', () => `/files/../${link().slice(1)}`],
    ['percent-encoded', () => link().replace('/files/', '/files/%2e%2e/')],
    ['NUL', () => `/files/%00${link().slice(7)}`],
    ['none', () => '/files/'],
  ])('%s: 404', async (_, path) => {
    expect(await rawStatus(address, path())).toBe(404)
  })

  test('too old, a blocked owner, a job that is gone: 404', async () => {
    const path = link()
    blockedAt = 1
    expect((await get(path)).status).toBe(404)
    blockedAt = null
    isThere = false
    expect((await get(path)).status).toBe(404)
    isThere = true
    expect((await get(path)).status).toBe(200)
    await clock.jump(24 * 3_600_000 + 1_000)
    expect((await get(path)).status).toBe(404)
  })
})

/** The status of a path sent as it is: fetch would tidy it. */
const rawStatus = (address: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address)
    const call = request({ hostname, port, path }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    call.on('error', reject)
    call.end()
  })

describe('the key of links', () => {
  test('is made once, kept for its owner alone, and stays', () => {
    const dir = mkdtempSync(join(tmpdir(), 'shopcrawl-key-'))
    const [first] = createLinkKeys({ secret: null, dir }).all()
    expect(createLinkKeys({ secret: null, dir }).all()).toEqual([first])
    const path = join(dir, 'files.key')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(first.secret)
    rmSync(dir, { recursive: true, force: true })
  })

  test('that was cut is refused: a guessable one signs for everybody', () => {
    const dir = mkdtempSync(join(tmpdir(), 'shopcrawl-key-'))
    writeFileSync(join(dir, 'files.key'), '')
    expect(() => createLinkKeys({ secret: null, dir }).all()).toThrow('store.unwritable')
    rmSync(dir, { recursive: true, force: true })
  })

  test('of FILES_KEY leaves no file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'shopcrawl-key-'))
    expect(createLinkKeys({ secret: 'x'.repeat(30), dir }).all()).toEqual([linkKey('x'.repeat(30))])
    expect(() => statSync(join(dir, 'files.key'))).toThrow()
    rmSync(dir, { recursive: true, force: true })
  })
})

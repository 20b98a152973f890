import { describe, expect, test } from 'vitest'
import type { EventName, Events } from '../../src/telemetry/events.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { WORDING } from '../../src/telemetry/wording.ts'

const ids = { job: 'the-job', user: 'the-person' }
const ended = { ...ids, site: 'ssg', products: 40, pages: 1, ms: 2_000 }

describe('metrics', () => {
  test('count jobs by shop and state, and time them in seconds', async () => {
    const { observe, text } = createMetrics()
    observe('job.ended', { ...ended, state: 'succeeded' })
    observe('job.ended', { ...ended, state: 'succeeded' })
    observe('job.ended', { ...ended, state: 'failed', code: 'page.timeout' })
    const told = await text()
    expect(told).toContain('shopcrawl_jobs_ended_total{site="ssg",state="succeeded"} 2')
    expect(told).toContain('shopcrawl_jobs_ended_total{site="ssg",state="failed"} 1')
    expect(told).toContain('shopcrawl_job_seconds_sum{site="ssg",state="succeeded"} 4')
  })

  test('count pages, bytes and the products that were stored, not all that a list had beyond words and limit', async () => {
    const { observe, text } = createMetrics()
    observe('page.fetched', { ...ids, site: 'ssg', host: 'www.ssg.com', status: 200, bytes: 500, ms: 250, tries: 1 })
    observe('page.stored', { ...ids, site: 'ssg', route: 'cards', products: 36, fresh: 40, parseMs: 20, storeMs: 5 })
    const told = await text()
    expect(told).toContain('shopcrawl_pages_fetched_total{site="ssg",status="200"} 1')
    expect(told).toContain('shopcrawl_page_bytes_total{site="ssg"} 500')
    expect(told).toContain('shopcrawl_products_total{site="ssg"} 36')
  })

  test('count what a shop seems to have changed: lesser routes, and fields that fell', async () => {
    const { observe, text } = createMetrics()
    observe('route.fallback', { job: 'j', site: 'ssg', route: 'emart cards', best: 'embedded state' })
    const fall = { job: 'j', site: 'ssg', route: 'emart cards', percent: 40, usual: 98, evidence: 'e' }
    observe('coverage.fell', { ...fall, field: 'price' })
    observe('coverage.fell', { ...fall, field: 'brand' })
    const told = await text()
    expect(told).toContain('shopcrawl_route_fallbacks_total{site="ssg",route="emart cards"} 1')
    expect(told).toContain('shopcrawl_coverage_falls_total{site="ssg",route="emart cards",field="price"} 1')
    expect(told).toContain('shopcrawl_coverage_falls_total{site="ssg",route="emart cards",field="brand"} 1')
  })

  test('name nobody and no job, whatever happens', async () => {
    const { observe, text } = createMetrics()
    const facts = new Proxy(
      {},
      { get: (_, key) => (/ms$|bytes|fresh|products|count/i.test(String(key)) ? 1 : `<${String(key)}>`) },
    )
    for (const name of Object.keys(WORDING) as EventName[]) observe(name, facts as Events[typeof name])
    const told = await text()
    expect(told).toContain('<site>')
    expect(told).not.toMatch(/<(?:job|user|account|requestId|entry|id|error|host|words)>/)
  })

  test('keep a label from growing without end', async () => {
    const { observe, text } = createMetrics()
    for (let index = 0; index < 500; index += 1)
      observe('command.answered', { requestId: 'r', user: 'u', command: `word${index}`, outcome: 'ok', ms: 1 })
    const told = await text()
    expect(told.match(/^shopcrawl_commands_total\{/gm)).toHaveLength(101)
    expect(told).toContain('shopcrawl_commands_total{command="other",outcome="ok"} 400')
  })

  test('ask storage for the moment at each reading, and do without it while it is away', async () => {
    const { text, readState, contentType } = createMetrics()
    const backlog = [{ platform: 'slack', entries: 3, oldestMs: 4_500 }]
    const stateOf = (jobs: number) => ({
      ...{ users: 5, activeUsers: 2, backlog },
      jobs: [{ state: 'queued', site: 'ssg', jobs }],
    })
    readState(async () => stateOf(1))
    const told = await text()
    expect(told).toContain('shopcrawl_jobs{state="queued",site="ssg"} 1')
    expect(told).toContain('shopcrawl_users 5')
    expect(told).toContain('shopcrawl_outbox_pending{platform="slack"} 3')
    expect(told).toContain('shopcrawl_outbox_oldest_seconds{platform="slack"} 4.5')
    readState(async () => stateOf(7))
    expect(await text()).toContain('shopcrawl_jobs{state="queued",site="ssg"} 7')
    readState(async () => Promise.reject(new Error('away')))
    const without = await text()
    expect(without).toContain('shopcrawl_state_read 0')
    expect(without).not.toContain('shopcrawl_jobs{')
    expect(contentType).toMatch(/^text\/plain/)
  })

  test('tell the workers where they are counted, and nothing of them elsewhere', async () => {
    const { text, readState } = createMetrics()
    const state = { users: 1, activeUsers: 1, jobs: [], backlog: [] }
    const told = async () => /^shopcrawl_workers .*$/m.exec(await text())?.[0]
    expect(await told()).toBeUndefined()
    readState(async () => ({ ...state, workers: 0 }))
    expect(await told()).toBe('shopcrawl_workers 0')
    readState(async () => ({ ...state, workers: 3 }))
    expect(await told()).toBe('shopcrawl_workers 3')
    readState(async () => state)
    expect(await told()).toBeUndefined()
  })

  test('count calls to chat by how they went, pages tried again, and tell coverage', async () => {
    const { observe, text } = createMetrics()
    observe('chat.called', { platform: 'slack', call: 'edit', outcome: 'limited', ms: 20 })
    const failure = { ...ids, site: 'ssg', host: 'www.ssg.com', code: 'page.timeout', tries: 1 } as const
    observe('page.failed', { ...failure, final: false })
    observe('page.failed', { ...failure, final: true })
    observe('coverage.measured', { job: 'j', site: 'ssg', route: 'cards', shares: { price: 0.95 } })
    const told = await text()
    expect(told).toContain('shopcrawl_chat_calls_total{platform="slack",call="edit",outcome="limited"} 1')
    expect(told).toContain('shopcrawl_page_retries_total{site="ssg",code="page.timeout"} 1')
    expect(told).toContain('shopcrawl_coverage_share{site="ssg",route="cards",field="price"} 0.95')
  })

  test('of two in one process do not mix, and never throw', async () => {
    const [one, other] = [createMetrics(), createMetrics()]
    one.observe('store.retry', { cause: 'busy', attempts: 1 })
    expect(() => one.observe('page.stored', { fresh: 'many' } as unknown as Events['page.stored'])).not.toThrow()
    expect(await one.text()).toContain('shopcrawl_store_retries_total 1')
    expect(await other.text()).toContain('shopcrawl_store_retries_total 0')
  })
})

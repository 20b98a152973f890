import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADMIN_TOKEN, FORM } from '../support/admin-rig.ts'
import { type CrowdedView, forgetStatistics, noteStatements, openCrowdedView } from '../support/crowded-view.ts'
import { type Plan, plansFor } from '../support/query-plans.ts'

const NOW = Date.now()
const idOf = (kind: string, n: number) => `${kind}-${String(n).padStart(21 - kind.length, '0')}`
const [USER, JOB, FAILED, ACTIVE] = [idOf('user', 7), idOf('job', 7), idOf('job', 1_000), idOf('active', 1)]
const HTML = 'text/html'

/** Every choice of some of these fields. */
const combinations = (of: string[]): string[] =>
  Array.from({ length: 2 ** of.length }, (_, bits) => of.filter((_, at) => bits & (1 << at)).join('&'))

/** Every filter that the list of jobs offers, and the cursor. */
const FILTERS = [
  `user=${USER}`,
  'site=ssg',
  'state=succeeded',
  `from=${NOW - 3_600_000}`,
  `to=${NOW}`,
  `after=${NOW - 60_000}.${JOB}`,
]
const READS = [
  ...combinations(FILTERS).map((query) => `/admin/jobs?${query}`),
  ...combinations(['name=per', `after=${NOW}.x`]).map((query) => `/admin/users?${query}`),
  ...[
    '/admin',
    '/admin/stats',
    '/admin/series',
    '/admin/errors',
    '/admin/drift',
    '/admin/sites',
    '/admin/storage',
    '/admin/openapi.json',
    '/metrics',
  ],
  ...['/admin/audit', `/admin/audit?after=${NOW}.x`, `/admin/users?name=${USER}`, `/admin/users/${USER}`],
  ...[JOB, FAILED, ACTIVE].map((job) => `/admin/jobs/${job}`),
  `/admin/jobs/${FAILED}/evidence/${FAILED.replace('job', 'evi')}`,
]
const ACTS = [
  `/admin/jobs/${ACTIVE}/priority`,
  `/admin/jobs/${ACTIVE}/cancel`,
  `/admin/jobs/${FAILED}/retry`,
  ...['pause', 'resume'].map((act) => `/admin/sites/samsung/${act}`),
  ...['block', 'unblock'].map((act) => `/admin/users/${idOf('user', 5)}/${act}`),
]
/** What holds few rows whatever happens: open sessions, paused shops, what chat owes now, lists and subqueries inside a statement. */
const SMALL =
  /^SCAN (?:(?:access_sessions|paused_sites|outbox USING COVERING INDEX outbox_backlog|json_each|\d* ?CONSTANT|g|ranked)\b|\(subquery-)/

/** Everything that an administrator can ask for and do, once. @returns the text of each statement that it took */
async function useAll(view: CrowdedView): Promise<string[]> {
  const texts = noteStatements()
  for (const path of READS) {
    for (const accept of [HTML, 'application/json'])
      expect([path, (await view.ask(path, { accept })).status]).toEqual([path, 200])
  }
  for (const path of ACTS) expect([path, (await view.ask(path, { body: { priority: 3 } })).status]).toEqual([path, 200])
  const sign = (path: string, headers: object, body?: string) =>
    fetch(view.address + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...FORM, ...headers },
      ...(body && { body }),
    })
  await sign('/admin/sign-in', {}, 'token=wrong')
  const { headers } = await sign('/admin/sign-in', {}, `token=${ADMIN_TOKEN}`)
  await sign('/admin/sign-out', { cookie: headers.get('set-cookie')!.split(';')[0] })
  return texts()
}

describe('the view of a service with 100,000 jobs and 5,000 users', () => {
  let view: CrowdedView
  let texts: string[]
  beforeAll(async () => {
    view = await openCrowdedView({ users: 5_000, jobs: 100_000, active: 200, now: NOW })
    texts = await useAll(view) // before anything else: a statement that is kept is not prepared again
    expect(texts.length).toBeGreaterThan(80)
  })
  afterAll(() => view?.close())

  test('its first screen stays under 200 KB, with all that it loads', async () => {
    const html = await (await view.ask('/admin', { accept: HTML })).text()
    expect(html.match(/class="run"/g)).toHaveLength(50)
    const assets = [...html.matchAll(/"(\/admin\/assets\/[^"]+)"/g)].map(([, path]) => path!)
    const sizes = await Promise.all(assets.map(async (path) => (await (await view.ask(path)).arrayBuffer()).byteLength))
    expect(sizes).toHaveLength(5)
    expect([Buffer.byteLength(html), ...sizes].reduce((sum, size) => sum + size)).toBeLessThan(200_000)
  })

  describe.each(['with', 'without'])('%s statistics of its tables', (which) => {
    let plans: Plan[]
    beforeAll(() => {
      if (which === 'without') forgetStatistics(view.dataDir) // the program itself never asks for them
      plans = plansFor(view.dataDir, texts)
    })

    test('no statement reads a whole table', () => {
      const scans = plans.flatMap(({ sql, steps }) =>
        steps
          .filter((step) => step.startsWith('SCAN ') && !SMALL.test(step))
          .map((step) => `${step}: ${sql.slice(0, 300)}`),
      )
      expect(scans).toEqual([])
    })

    test('failures are read from their own index, and people who were active from that of the time', () => {
      const stepsOf = (part: string) => plans.filter(({ sql }) => sql.includes(part)).flatMap(({ steps }) => steps)
      expect(stepsOf('row_number() over')).toContainEqual(expect.stringContaining('jobs_failures (finished_at>?)'))
      expect(stepsOf("select 'active'")).toContainEqual(expect.stringContaining('commands_people (at>?)'))
    })

    test('a list of jobs is read from an index that has all its filters, or from its user’s own, and never sorted', () => {
      const lists = plans
        .filter(({ sql }) => /from "jobs" as "j".* order by "j"\."?created_at/.test(sql))
        .filter(({ sql }) => !sql.includes("j.state in ('queued', 'running')")) // those are few
      expect(lists.length).toBeGreaterThanOrEqual(2 ** FILTERS.length)
      for (const { sql, steps } of lists) {
        const wanted = /"j"\."user_id" = \?/.test(sql)
          ? ['user_id=?']
          : [
              ...(/"j"\."site" = \?/.test(sql) ? ['site=?'] : []),
              ...(sql.includes("j.state || '' =") ? ['jobs_in_state (<expr>=?'] : []),
              ...(sql.includes("j.site || ' ' || j.state =") ? ['jobs_of_site_and_state (<expr>=?'] : []),
            ]
        const jobs = steps.find((step) => /^SEARCH j /.test(step))
        for (const part of wanted) expect([sql, jobs]).toEqual([sql, expect.stringContaining(part)])
        expect([sql, steps.filter((step) => step.includes('TEMP B-TREE'))]).toEqual([sql, []])
      }
    })
  })
})

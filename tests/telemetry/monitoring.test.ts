import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const read = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/monitoring/${name}`, import.meta.url)), 'utf8')

/** Every name that can be asked for: histograms have three. */
async function namesTold(): Promise<Set<string>> {
  const told = await createMetrics().text()
  const types = [...told.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    types.flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name!],
    ),
  )
}

const namesIn = (text: string): string[] => [...new Set(text.match(/\bshopcrawl_[a-z0-9_]+/g))]

describe('the files for monitoring', () => {
  test.each(['grafana-dashboard.json', 'alerts.yml'])('%s names only metrics that are told', async (file) => {
    const told = await namesTold()
    const named = namesIn(read(file))
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !told.has(name))).toEqual([])
  })

  test('the dashboard is one that Grafana can read: every panel has its place and its query', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number }; targets: { expr: string }[] }[]
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x},${y}`)).size).toBe(panels.length)
    for (const { gridPos, targets } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      expect(targets.every(({ expr }) => expr.length > 0)).toBe(true)
    }
  })

  test('the dashboard shows how many workers there are, beside what waits for them', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as {
      panels: { title: string; gridPos: { y: number }; targets: { expr: string }[] }[]
    }
    const [waiting, workers] = ['shopcrawl_jobs{state="queued"}', 'shopcrawl_workers'].map((metric) =>
      panels.find(({ targets }) => targets.some(({ expr }) => expr.includes(metric))),
    )
    expect(workers).toMatchObject({ title: 'Workers', gridPos: { y: waiting!.gridPos.y } })
  })

  test('there is an alert when no job ends, no worker is there, a shop drifts, and the outbox grows', () => {
    const names = [...read('alerts.yml').matchAll(/- alert: (\w+)/g)].map((match) => match[1])
    expect(names).toEqual(
      expect.arrayContaining([
        'ShopcrawlNoJobEnds',
        'ShopcrawlNoWorker',
        'ShopcrawlShopDrifts',
        'ShopcrawlOutboxGrows',
      ]),
    )
  })

  test('no label tells a person, a job or words', async () => {
    const told = await createMetrics().text()
    expect(told).not.toMatch(/\b(?:user|job|account|query|words)="/)
  })
})

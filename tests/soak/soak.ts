import { expect, test } from 'vitest'
import { randomFrom } from '../../src/demo/catalogue.ts'
import { chatFaults, type Fault, shopFaults } from './faults.ts'
import { findLosses, findTraces, type Losses } from './losses.ts'
import { createCrowd } from './people.ts'
import { openEmbedded, openFull, type World } from './worlds.ts'

const isEmbedded = process.env.SOAK_FORM === 'embedded'
const minutes = Number(process.env.SOAK_MINUTES)
const seed = Number(process.env.SOAK_SEED)
const random = randomFrom(seed)

/** Between two faults. Milliseconds. */
const CALM_MS = [4_000, 14_000] as const
/** What everything owed may take to go out once nobody asks for more: Slack takes fifty edits a minute. */
const SETTLE_MS = 8 * 60_000
/** Connections that nobody uses are closed within half a minute; then a process is measured. */
const REST_MS = 45_000
/** Garbage, caches and the sampling itself: less is no growth. */
const HEAP_NOISE_BYTES = 4 * 2 ** 20
const HANDLE_NOISE = 12
/** Of the heap, in ten minutes. */
const GROWTH_SHARE = 0.01

const within = ([from, to]: readonly [number, number]): number => from + random() * (to - from)
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const startedAt = performance.now()
const tell = (line: string) => console.info(`${((performance.now() - startedAt) / 60_000).toFixed(1)} min  ${line}`)
const counts = new Map<string, number>()
/** What was not true of the stored data at a quiet moment. */
const broken: string[] = []

/** People and faults, for so long. */
async function live(world: World, share: number, faults: Fault[], what: string): Promise<void> {
  const endsAt = performance.now() + share * minutes * 60_000
  tell(`${what}: ${faults.map(({ name }) => name).join(', ')}`)
  const crowd = createCrowd(world, random)
  try {
    while (performance.now() < endsAt) {
      await wait(Math.min(within(CALM_MS), Math.max(0, endsAt - performance.now())))
      const fault = faults[Math.floor(random() * faults.length)]!
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
      await fault.act()
    }
  } finally {
    await crowd.stop()
  }
  for (const [name, count] of Object.entries(crowd.did)) counts.set(name, (counts.get(name) ?? 0) + count)
}

/** Nobody asks any more: all that was begun ends, all that is owed is said. */
async function settle(world: World): Promise<void> {
  const deadline = performance.now() + SETTLE_MS
  const left = () =>
    world.count(`select (select count(*) from jobs where state in ('queued', 'running'))
      + (select count(*) from outbox where state = 'pending')`)
  while ((await left()) > 0 && performance.now() < deadline) await wait(1_000)
  const [active, owed] = [
    await world.count(`select count(*) from jobs where state in ('queued', 'running')`),
    await world.count(`select count(*) from outbox where state = 'pending'`),
  ]
  tell(`settled: ${active} jobs left, ${owed} messages owed`)
  await world.holdInvariants().catch((error: unknown) => {
    broken.push(String(error))
    tell(String(error))
  })
}

test(`soak, ${isEmbedded ? 'embedded' : 'the whole set-up'}: ${minutes} minutes, seed ${seed}`, async () => {
  const world = await (isEmbedded ? openEmbedded() : openFull())
  const gentle = [...shopFaults(world, random), ...chatFaults(world, random), ...world.gentleFaults(random)]
  const rough = [...gentle, ...world.roughFaults(random), ...world.roughFaults(random)]
  try {
    await live(world, 0.3, rough, 'rough')
    await live(world, 0.2, gentle, 'warming up')
    await settle(world)
    await wait(REST_MS)
    const before = await world.measure()
    const measuredAt = performance.now()
    await live(world, 0.35, gentle, 'measured')
    await settle(world)
    await wait(REST_MS)
    const tenMinutes = (performance.now() - measuredAt) / 600_000
    const after = await world.measure()
    await live(world, 0.15, rough, 'rough')
    await settle(world)

    const losses: Losses = {
      'quiet moments with broken invariants': broken.length,
      ...(await findLosses(world)),
      ...(await findTraces(world)),
    }
    for (const [name, first] of before) {
      const last = after.get(name)!
      const allowed = first.heapUsed * (1 + GROWTH_SHARE * tenMinutes) + HEAP_NOISE_BYTES
      losses[`${name}: bytes of heap that grew`] = Math.max(0, Math.round(last.heapUsed - allowed))
      losses[`${name}: open files more`] = Math.max(0, last.files - first.files - HANDLE_NOISE)
      losses[`${name}: open handles more`] = Math.max(0, last.handles - first.handles - HANDLE_NOISE)
      const show = ({ heapUsed, rss, files, handles }: typeof first) =>
        `heap ${(heapUsed / 2 ** 20).toFixed(1)} MB, RSS ${(rss / 2 ** 20).toFixed(0)} MB, ${files} files, ${handles} handles`
      console.info(`${name}: ${show(first)} → ${show(last)}`)
    }
    report(await world.count('select count(*) from jobs'), losses)
    expect(Object.entries(losses).filter(([, count]) => count > 0)).toEqual([])
  } catch (error) {
    tell(String(error)) // what fails at the end must not stand in its place
    throw error
  } finally {
    await world.close()
  }
})

function report(jobs: number, losses: Losses): void {
  console.info(`\n${jobs} jobs. What happened:`)
  for (const [name, count] of [...counts].sort()) console.info(`  ${String(count).padStart(5)}  ${name}`)
  console.info('What is wrong (all must be 0):')
  for (const [name, count] of Object.entries(losses)) console.info(`  ${String(count).padStart(5)}  ${name}`)
}

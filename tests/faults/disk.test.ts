import { spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createReplicaShop, type ReplicaShop } from '../../src/demo/replica-shop.ts'
import { isEnded } from '../../src/jobs/states.ts'
import { build, type House } from '../../src/main.ts'
import { waitFor } from '../support/cli.ts'
import { PATIENCE, testFault } from '../support/faults.ts'
import { CONSOLE_PLACE, type Record, recordEvents, testConfig, wanted } from '../support/house.ts'
import { checkInvariants } from '../support/invariants.ts'
import { installWatchers, lookAt, makeFolder, openQuiet } from '../support/store-house.ts'
import { suiteWhere } from '../support/suites.ts'

const mount = (folder: string, megabytes: number): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0

/** Whether this machine lets us make a small disk: root, and a kernel that mounts for it. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const folder = makeFolder()
  const isMounted = mount(folder, 1)
  if (isMounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
  return isMounted
}

let folder: string
let shop: ReplicaShop
let house: House
let events: Record[]

/** A house whose data lie on a disk of so many megabytes. */
async function open(megabytes: number, latencyMs: number): Promise<void> {
  folder = makeFolder()
  expect(mount(folder, megabytes)).toBe(true)
  shop = createReplicaShop({ products: 3_000, pageBytes: 10_000, latencyMs })
  const replica = await shop.start()
  await (await openQuiet(folder, systemClock)).close()
  installWatchers(folder)
  const recorded = recordEvents()
  events = recorded.events
  house = await build(testConfig(folder, replica), { telemetry: recorded.telemetry, platforms: [] })
  await house.takeOwnership({ kind: 'service', waitMs: 0 })
  await house.startRunner()
  house.startChat()
}

/** Writes until nothing fits any more. @returns frees the space */
function fill(leaveBytes = 0): () => void {
  const path = join(folder, 'ballast')
  const free = () => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  writeFileSync(path, Buffer.alloc(Math.max(0, free() - leaveBytes)))
  return () => rmSync(path, { force: true })
}

const person = () => house.store.users.resolve({ platform: 'console', workspace: '', externalId: 'minji' }, 'minji')

suiteWhere(canMount(), 'root that may mount a small disk', 'a full disk', () => {
  afterEach(async () => {
    await house.stop()
    await shop.stop()
    const look = lookAt(folder)
    try {
      await checkInvariants(look, { now: Date.now(), addressClasses: ['loopback'] })
      expect(await look.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    } finally {
      look.close()
      spawnSync('umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    }
  })

  testFault('D1 disk full at a checkpoint: the job waits, reading goes on, nothing is lost', async () => {
    await open(24, 50)
    const minji = await person()
    const { id } = await house.jobs.submit(minji, wanted({ limit: 500 }), CONSOLE_PLACE)
    const job = () => house.jobs.job(minji.user.id, id)
    await waitFor(async () => (await job()).pages >= 2, 'two pages')
    const free = fill()
    let seen = (await job()).pages
    await waitFor(async () => {
      const { pages } = await job()
      const isStill = pages === seen && events.some(({ name }) => name === 'page.fetched')
      seen = pages
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      return isStill
    }, 'the stop')
    expect((await job()).state).toBe('running')
    await expect(house.jobs.submit(minji, wanted(), CONSOLE_PLACE)).rejects.toMatchObject({ code: 'job.active' })
    free()
    const freedAt = performance.now()
    await waitFor(async () => (await job()).pages > seen, 'the next page')
    const recoverMs = performance.now() - freedAt
    expect(recoverMs).toBeLessThan(30_000 * PATIENCE)
    await waitFor(async () => isEnded((await job()).state), 'the end')
    const ended = await job()
    expect(ended).toMatchObject({ state: 'succeeded', products: 500, attempt: 1 })
    const ids = (await house.store.results.products(minji.user.id, id, 0, 1_000)).map((product) => product.id)
    const sold = shop.catalogue.matching('노트북').map((item) => item.id)
    expect(ids).toEqual(sold.slice(0, 500))
    expect(events.filter(({ name }) => name === 'fault')).toEqual([])
    return recoverMs
  })

  testFault('D1 disk full while jobs wait to start: they start once there is space', async () => {
    await open(24, 0)
    const minji = await person()
    const draft = { accountId: minji.account.id, request: wanted({ limit: 20 }), place: CONSOLE_PLACE, priority: 0 }
    const { job } = await house.store.ownerJobs.create(minji.user.id, draft)
    const free = fill()
    await new Promise((resolve) => setTimeout(resolve, 3_000)) // several sweeps
    free()
    const freedAt = performance.now()
    const state = async () => (await house.jobs.job(minji.user.id, job.id)).state
    await waitFor(async () => isEnded(await state()), 'the end')
    expect(await state()).toBe('succeeded')
    expect(events.filter(({ name }) => name === 'fault')).toEqual([])
    return performance.now() - freedAt
  })

  testFault('D2 disk full at a result file: refused, nothing half written, written once there is space', async () => {
    await open(24, 0)
    const minji = await person()
    const { id } = await house.jobs.submit(minji, wanted({ limit: 500 }), CONSOLE_PLACE)
    const job = () => house.jobs.job(minji.user.id, id)
    await waitFor(async () => isEnded((await job()).state), 'the end')
    expect(await job()).toMatchObject({ state: 'succeeded', products: 500 })
    const free = fill(8_192)
    await expect(house.results.open(minji.user.id, id, 'json')).rejects.toMatchObject({ code: 'store.disk_full' })
    const left = spawnSync('find', [join(folder, 'files'), '-type', 'f'], { encoding: 'utf8' }).stdout
    expect(left).toBe('')
    expect((await house.jobs.job(minji.user.id, id)).state).toBe('succeeded')
    await expect(house.jobs.submit(minji, wanted(), CONSOLE_PLACE)).rejects.toMatchObject({ code: 'store.disk_full' })
    free()
    expect(await house.results.open(minji.user.id, id, 'json')).toMatchObject({ rows: 500 })
    return null
  })
})

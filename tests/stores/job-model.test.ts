import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Lease, StaleLease } from '../../src/crawl/store.ts'
import type { JobId } from '../../src/ids.ts'
import type { JobState } from '../../src/jobs/states.ts'
import { checkInvariants } from '../support/invariants.ts'
import { openSqliteHouse, type StoreHouse } from '../support/store-house.ts'
import { draftOf, LEASE_MS, meet, type Person, pageOf, productOf, readPage } from '../support/store-people.ts'

const MAX_TAKEOVERS = 3
const LIMIT = 7
const USERS = 2

/** What a job must look like, kept by the simplest means. */
interface ModelJob {
  id: JobId
  user: number
  state: JobState
  attempt: number
  fence: number
  takeovers: number
  charges: boolean
  runAt: number
  leaseUntil: number
  products: string[]
  pages: number
  nextPage: number
  lease: Lease | null
}

interface Model {
  jobs: ModelJob[]
  now: number
}

interface Real {
  house: StoreHouse
  people: Person[]
  /** Leases that were lost: every one of them must stay useless. */
  stale: Lease[]
}

const activeOf = (model: Model, user: number): ModelJob | undefined =>
  model.jobs.find((job) => job.user === user && (job.state === 'queued' || job.state === 'running'))

const runningOf = (model: Model, user: number): ModelJob | undefined => {
  const job = activeOf(model, user)
  return job?.state === 'running' ? job : undefined
}

function expectThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what)
}

/** The stored row of every job is what the model says, and every invariant holds. */
async function compare(model: Model, { house, people }: Real): Promise<void> {
  for (const job of model.jobs) {
    const row = (await house.store.ownerJobs.job(people[job.user]!.user.id, job.id))!
    const found = [row.state, row.attempt, row.fence, row.takeovers, row.products, row.pages].join()
    const wanted = [job.state, job.attempt, job.fence, job.takeovers, job.products.length, job.pages].join()
    expectThat(found === wanted, `job ${job.id}: stored ${found}, model ${wanted}`)
    const products = await house.store.results.products(people[job.user]!.user.id, job.id, 0, 100)
    expectThat(products.map((one) => one.id).join() === job.products.join(), `products of ${job.id}`)
  }
  await checkInvariants(house.look, { now: house.clock.now() })
}

abstract class Step implements fc.AsyncCommand<Model, Real> {
  readonly user: number
  constructor(user: number) {
    this.user = user
  }
  check(_: Readonly<Model>): boolean {
    return true
  }
  abstract act(model: Model, real: Real): Promise<void>
  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real)
    await compare(model, real)
  }
  toString(): string {
    return `${this.constructor.name}(${this.user})`
  }
}

const newModelJob = (id: JobId, user: number, now: number): ModelJob => ({
  id,
  user,
  state: 'queued',
  attempt: 0,
  fence: 0,
  takeovers: 0,
  charges: true,
  runAt: now,
  leaseUntil: 0,
  products: [],
  pages: 0,
  nextPage: 1,
  lease: null,
})

class Submit extends Step {
  async act(model: Model, { house, people }: Real): Promise<void> {
    const person = people[this.user]!
    const answer = await house.store.ownerJobs.create(person.user.id, draftOf(person, { limit: LIMIT }))
    const running = activeOf(model, this.user)
    expectThat(answer.kind === (running ? 'active' : 'created'), `submit: ${answer.kind}`)
    if (running) expectThat(answer.job.id === running.id, 'the refusal names another job')
    else model.jobs.push(newModelJob(answer.job.id, this.user, model.now))
  }
}

class Retry extends Step {
  override check(model: Readonly<Model>): boolean {
    return model.jobs.some((job) => job.user === this.user && job.state === 'failed')
  }
  async act(model: Model, { house, people }: Real): Promise<void> {
    const person = people[this.user]!
    const failed = model.jobs.filter((job) => job.user === this.user && job.state === 'failed').at(-1)!
    const { thread } = (await house.store.ownerJobs.job(person.user.id, failed.id))!
    const draft = draftOf(person, { limit: LIMIT }, { retry: { of: failed.id, thread } })
    const answer = await house.store.ownerJobs.create(person.user.id, draft)
    if (activeOf(model, this.user)) expectThat(answer.kind === 'active', 'a retry passed the rule')
    else model.jobs.push(newModelJob(answer.job.id, this.user, model.now))
  }
}

class Claim extends Step {
  override check(model: Readonly<Model>): boolean {
    return activeOf(model, this.user) !== undefined
  }
  async act(model: Model, { house }: Real): Promise<void> {
    const job = activeOf(model, this.user)!
    const claimed = await house.store.workerJobs.claim(job.id, `w${job.fence + 1}`, LEASE_MS)
    const canClaim = job.state === 'queued' && job.runAt <= model.now
    expectThat((claimed !== undefined) === canClaim, `claim of a ${job.state} job: ${claimed !== undefined}`)
    if (!claimed) return
    job.state = 'running'
    job.attempt += job.charges ? 1 : 0
    job.charges = true
    job.fence++
    job.leaseUntil = model.now + LEASE_MS
    job.lease = claimed.lease
    await house.store.frontier.seed(claimed.lease, [pageOf('p1')])
  }
}

class Checkpoint extends Step {
  override check(model: Readonly<Model>): boolean {
    return runningOf(model, this.user) !== undefined
  }
  async act(model: Model, { house }: Real): Promise<void> {
    const job = runningOf(model, this.user)!
    const page = job.nextPage
    // Every page repeats the last product of the page before it.
    const ids = [`i${page - 1}-b`, `i${page}-a`, `i${page}-b`]
    const next = [pageOf(`p${page + 1}`, { page: page + 1 })]
    const isFull = job.products.length >= LIMIT
    const products = ids.map((id) => productOf(id))
    const answer = await house.store.frontier.checkpoint(job.lease!, readPage(`p${page}`, ids, { products, next }))
    if (isFull) return // its page was skipped: nothing is written
    for (const id of ids) if (!job.products.includes(id) && job.products.length < LIMIT) job.products.push(id)
    job.pages++
    job.nextPage++
    job.takeovers = 0
    expectThat(answer.products === job.products.length, `checkpoint: ${answer.products} products`)
    expectThat(answer.isFull === job.products.length >= LIMIT, 'checkpoint: full')
  }
}

class Requeue extends Step {
  readonly charge: boolean
  constructor(user: number, charge: boolean) {
    super(user)
    this.charge = charge
  }
  override check(model: Readonly<Model>): boolean {
    const job = runningOf(model, this.user)
    return job !== undefined && job.attempt < 5
  }
  async act(model: Model, { house, stale }: Real): Promise<void> {
    const job = runningOf(model, this.user)!
    await house.store.workerJobs.requeue(job.lease!, { inMs: 1_000, charge: this.charge, code: null, facts: null })
    stale.push(job.lease!)
    Object.assign(job, { state: 'queued', runAt: model.now + 1_000, charges: this.charge, lease: null })
  }
}

class Finish extends Step {
  readonly isGood: boolean
  constructor(user: number, isGood: boolean) {
    super(user)
    this.isGood = isGood
  }
  override check(model: Readonly<Model>): boolean {
    return runningOf(model, this.user) !== undefined
  }
  async act(model: Model, { house, stale }: Real): Promise<void> {
    const job = runningOf(model, this.user)!
    await house.store.workerJobs.finish(
      job.lease!,
      this.isGood
        ? { state: 'succeeded', stopReason: 'end' }
        : { state: 'failed', code: 'page.timeout', facts: {}, stopReason: null },
    )
    stale.push(job.lease!)
    Object.assign(job, { state: this.isGood ? 'succeeded' : 'failed', lease: null })
  }
}

class Cancel extends Step {
  async act(model: Model, { house, people, stale }: Real): Promise<void> {
    const job = activeOf(model, this.user) ?? model.jobs.find((one) => one.user === this.user)
    if (!job) return
    const isActive = job.state === 'queued' || job.state === 'running'
    const answer = await house.store.ownerJobs.cancel(people[this.user]!.user.id, job.id)
    expectThat((answer !== undefined) === isActive, `cancel of a ${job.state} job`)
    if (!isActive) return
    if (job.lease) stale.push(job.lease)
    Object.assign(job, { state: 'cancelled', lease: null })
  }
}

class Renew extends Step {
  override check(model: Readonly<Model>): boolean {
    return runningOf(model, this.user) !== undefined
  }
  async act(model: Model, { house }: Real): Promise<void> {
    const job = runningOf(model, this.user)!
    expectThat(await house.store.workerJobs.renew(job.lease!, LEASE_MS), 'a held lease was not renewed')
    job.leaseUntil = model.now + LEASE_MS
  }
}

/** Time passes; leases that ran out are rescued at once, as the sweep does. */
class Pass extends Step {
  readonly ms: number
  constructor(user: number, ms: number) {
    super(user)
    this.ms = ms
  }
  async act(model: Model, { house, stale }: Real): Promise<void> {
    await house.clock.jump(this.ms)
    model.now += this.ms
    const rescued = await house.store.workerJobs.rescue(MAX_TAKEOVERS)
    const lost = model.jobs.filter((job) => job.state === 'running' && job.leaseUntil <= model.now)
    expectThat(rescued.length === lost.length, `rescued ${rescued.length} of ${lost.length}`)
    for (const job of lost) {
      stale.push(job.lease!)
      const state = job.takeovers >= MAX_TAKEOVERS ? 'failed' : 'queued'
      Object.assign(job, { state, takeovers: job.takeovers + 1, charges: false, runAt: model.now, lease: null })
    }
  }
}

/** A worker that lost its job long ago writes all it can. */
class StaleWrite extends Step {
  async act(_: Model, { house, stale }: Real): Promise<void> {
    for (const lease of stale.slice(-3)) {
      const attempts = [
        () => house.store.frontier.checkpoint(lease, readPage('p1', ['stale'])),
        () => house.store.workerJobs.finish(lease, { state: 'succeeded', stopReason: 'end' }),
        () => house.store.frontier.waiting(lease, null),
      ]
      for (const attempt of attempts) {
        const error = await attempt().catch((thrown: unknown) => thrown)
        expectThat(error instanceof StaleLease, `a stale write was taken: ${String(error)}`)
      }
      expectThat(!(await house.store.workerJobs.renew(lease, LEASE_MS)), 'a stale lease was renewed')
    }
  }
}

const user = fc.nat(USERS - 1)
/** Steps by how often they come: enough work between ends that jobs grow full, are lost again and again, and retried. */
const often = <T>(times: number, step: T): T[] => Array.from({ length: times }, () => step)
const steps: fc.Arbitrary<Step>[] = [
  ...often(
    3,
    user.map((who) => new Submit(who)),
  ),
  ...often(
    6,
    user.map((who) => new Claim(who)),
  ),
  ...often(
    4,
    user.map((who) => new Checkpoint(who)),
  ),
  ...often(
    4,
    fc.tuple(user, fc.constantFrom(1_000, LEASE_MS - 1, LEASE_MS, LEASE_MS)).map(([who, ms]) => new Pass(who, ms)),
  ),
  user.map((who) => new Renew(who)),
  user.map((who) => new Retry(who)),
  user.map((who) => new Cancel(who)),
  user.map((who) => new StaleWrite(who)),
  fc.tuple(user, fc.boolean()).map(([who, charge]) => new Requeue(who, charge)),
  fc.tuple(user, fc.boolean()).map(([who, isGood]) => new Finish(who, isGood)),
]

describe('the state machine of jobs on SQLite', () => {
  test('does what the model does, whatever the order of events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 150, size: 'max' }), async (commands) => {
        const house = await openSqliteHouse()
        const people = await Promise.all(Array.from({ length: USERS }, (_, at) => meet(house.store, `user${at}`)))
        const model: Model = { jobs: [], now: house.clock.now() }
        try {
          await fc.asyncModelRun(() => ({ model, real: { house, people, stale: [] } }), commands)
        } finally {
          await house.close()
        }
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 40) },
    )
  })
})

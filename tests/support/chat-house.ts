import { statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../db/index.ts'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { type Chat, createChat } from '../../src/chat/chat.ts'
import type { Platform } from '../../src/chat/platform.ts'
import type { Lease, NewPage } from '../../src/crawl/store.ts'
import { type Duties, soleDuties } from '../../src/duty.ts'
import { type FileId, newId } from '../../src/ids.ts'
import type { Job, JobRequest, Place } from '../../src/jobs/job.ts'
import type { Ending, JobDraft } from '../../src/jobs/store.ts'
import { createSay } from '../../src/messages/say.ts'
import { CONTENT_TYPES } from '../../src/results/format.ts'
import type { Results } from '../../src/results/results.ts'
import type { Product } from '../../src/sites/product.ts'
import type { Store } from '../../src/storage.ts'
import type { EventName, Events } from '../../src/telemetry/events.ts'
import type { Account, User } from '../../src/users/user.ts'
import { createJumpingClock, type JumpingClock } from './jumping-clock.ts'

export interface Told {
  name: EventName
  facts: Events[EventName]
}

/** A person with an account on a platform. */
export interface Person {
  user: User
  account: Account
  place: Place
}

/** The chat room on a real database in a folder of its own, on a clock that stands still. */
export interface ChatHouse {
  clock: JumpingClock
  store: Store
  dir: string
  told: Told[]
  /** Results as files that hold a line; replaced by tests that need others. */
  results: Results
  /** A chat room as a process would make it; started by the test, stopped with the house. */
  chat(
    platforms: Platform[],
    changes?: {
      holder?: string
      random?: () => number
      duties?: Duties
      isWorkerless?: () => boolean
      /** How far the process's own clock is before the database's. */
      aheadMs?: number
    },
  ): Chat
  person(platform: string, name: string): Promise<Person>
  submit(person: Person, changes?: Partial<JobDraft>): Promise<Job>
  /** Claims the job and stores a page with so many products more. */
  crawl(job: Job, products: number): Promise<Lease>
  end(lease: Lease, ending?: Ending): Promise<Job>
  /** Moves time on in small steps, with room for the work between. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const REQUEST: JobRequest = {
  site: 'ssg',
  words: '노트북',
  url: null,
  limit: 100,
  format: 'csv',
  isPrivate: false,
}

const STEP_MS = 50

/** Opens the house; close() stops its chats and removes the folder. */
export async function openChatHouse(): Promise<ChatHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'shopcrawl-chat-'))
  const clock = createJumpingClock()
  const told: Told[] = []
  const emit = (name: EventName, facts: Events[EventName]) => void told.push({ name, facts })
  const store = await openStore({ dataDir: dir, clock, emit, locale: 'en' })
  const chats: Chat[] = []

  const results: Results = {
    async open(owner, jobId, format) {
      const facts = await store.results.facts(owner, jobId)
      if (!facts || facts.products === 0) return undefined
      const path = join(dir, `${jobId}.${format}`)
      writeFileSync(path, `${facts.products} products\n`)
      const { size } = statSync(path)
      const name = `ssg_${facts.words}.${format}`
      const row = { id: newId<FileId>(clock.now()), userId: owner, jobId, format, name, createdAt: clock.now() }
      return { ...row, bytes: size, rows: facts.products, path, contentType: CONTENT_TYPES[format] }
    },
  }

  const house: ChatHouse = {
    clock,
    store,
    dir,
    told,
    results,
    chat(platforms, changes = {}) {
      const chat = createChat({
        store: store.outbox,
        notices: store.notices,
        platforms,
        results: { open: (...asked) => house.results.open(...asked) },
        sites: { get: () => undefined },
        budget: createInMemoryBudget({ clock }),
        clock: { ...clock, now: () => clock.now() + (changes.aheadMs ?? 0) },
        emit,
        holder: changes.holder ?? 'test',
        isAlone: true,
        duties: changes.duties ?? soleDuties,
        isWorkerless: changes.isWorkerless ?? (() => false),
        contact: null,
        locale: 'en',
        say: createSay('Asia/Seoul'),
        random: changes.random ?? (() => 0.5),
      })
      chats.push(chat)
      return chat
    },
    async person(platform, name) {
      const known = await store.users.resolve({ platform, workspace: 'T', externalId: `U-${name}` }, name)
      return { ...known, place: { platform, workspace: 'T', channel: `C-${name}`, thread: null, isDirect: false } }
    },
    async submit(person, changes = {}) {
      const draft = { accountId: person.account.id, request: REQUEST, place: person.place, priority: 0, ...changes }
      const answer = await store.ownerJobs.create(person.user.id, draft)
      if (answer.kind !== 'created') throw new Error('the person has an active job')
      return answer.job
    },
    async crawl(job, products) {
      const claimed = await store.workerJobs.claim(job.id, 'worker', 3_600_000)
      if (!claimed) throw new Error('the job is not to be had')
      await storePage(store, claimed.lease, products)
      return claimed.lease
    },
    end: (lease, ending = { state: 'succeeded', stopReason: 'end' }) => store.workerJobs.finish(lease, ending),
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await clock.jump(Math.min(STEP_MS, ms - passed))
        for (let turn = 0; turn < 16; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async close() {
      const stopped = Promise.all(chats.map((chat) => chat.stop()))
      let isStopped = false
      void stopped.finally(() => {
        isStopped = true
      })
      while (!isStopped) await house.pass(1_000)
      await stopped
      await store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
  return house
}

const pageOf = (page: number): NewPage => {
  const url = `https://www.ssg.com/list?page=${page}`
  return { key: `page-${page}`, request: { method: 'GET', url, kind: 'list', group: 0, list: 0, page } }
}

/** Stores the job's next page with products, as a worker does. */
export async function storePage(store: Store, lease: Lease, count: number): Promise<void> {
  await store.frontier.seed(lease, [pageOf(1)])
  const [open] = await store.frontier.heads(lease, 1)
  const { key, request } = open!
  const products = Array.from({ length: count }, (_, at) => productOf(`${key}-${at}`))
  await store.frontier.checkpoint(lease, {
    key,
    outcome: 'done',
    status: 200,
    bytes: 1_000,
    route: 'cards',
    failure: null,
    products,
    ids: products.map(({ id }) => id),
    next: [pageOf(request.page + 1)],
    total: null,
    warnings: {},
    warned: {},
  })
}

const productOf = (id: string): Omit<Product, 'position'> => ({
  site: 'ssg',
  id,
  name: `Laptop ${id}`,
  brand: 'LG',
  seller: null,
  price: 1_299_000,
  originalPrice: null,
  discountRate: null,
  currency: 'KRW',
  rating: null,
  reviewCount: null,
  inStock: true,
  url: `https://www.ssg.com/item/${id}`,
  imageUrl: `https://www.ssg.com/item/${id}.jpg`,
  category: null,
  page: 1,
  crawledAt: '2026-11-24T06:30:00.000Z',
})

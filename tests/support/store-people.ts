import type { Checkpoint, Lease, NewPage } from '../../src/crawl/store.ts'
import type { Job, JobRequest, Place, Thread } from '../../src/jobs/job.ts'
import type { JobDraft } from '../../src/jobs/store.ts'
import type { Product } from '../../src/sites/product.ts'
import type { SiteRequest } from '../../src/sites/site.ts'
import type { Store } from '../../src/storage.ts'
import type { Account, User } from '../../src/users/user.ts'

export interface Person {
  user: User
  account: Account
}

export const LEASE_MS = 15_000

/** A person who has typed a first command. */
export const meet = (store: Store, externalId: string, platform = 'slack'): Promise<Person> =>
  store.users.resolve({ platform, workspace: platform === 'slack' ? 'T1' : '', externalId }, externalId)

export const placeOf = (person: Person, channel = 'C1'): Place => ({
  platform: person.account.platform,
  workspace: person.account.workspace,
  channel,
  thread: null,
  isDirect: false,
})

export const threadOf = (job: Job): Thread => ({
  platform: job.place.platform,
  workspace: job.place.workspace,
  channel: job.place.channel,
  thread: `t-${job.id}`,
  root: `t-${job.id}`,
})

export const draftOf = (
  person: Person,
  request: Partial<JobRequest> = {},
  draft: Partial<JobDraft> = {},
): JobDraft => ({
  accountId: person.account.id,
  priority: 0,
  place: placeOf(person),
  request: { site: 'ssg', words: '노트북', url: null, limit: 100, format: 'xlsx', isPrivate: false, ...request },
  ...draft,
})

/** Starts a job. @throws Error when the rule refuses it */
export async function startJob(store: Store, person: Person, request: Partial<JobRequest> = {}): Promise<Job> {
  const answer = await store.ownerJobs.create(person.user.id, draftOf(person, request))
  if (answer.kind !== 'created') throw new Error(`${answer.job.id} is active`)
  return answer.job
}

/** Claims a job. @throws Error when it is not to be had */
export async function claimJob(store: Store, job: Pick<Job, 'id'>, holder = 'worker-1'): Promise<Lease> {
  const claimed = await store.workerJobs.claim(job.id, holder, LEASE_MS)
  if (!claimed) throw new Error(`${job.id} is not to be claimed`)
  return claimed.lease
}

/** A job of this person that runs, with the pages given. */
export async function runJob(
  store: Store,
  person: Person,
  pages: NewPage[],
  request: Partial<JobRequest> = {},
): Promise<{ job: Job; lease: Lease }> {
  const job = await startJob(store, person, request)
  const lease = await claimJob(store, job)
  await store.frontier.seed(lease, pages)
  return { job, lease }
}

export const pageOf = (key: string, request: Partial<SiteRequest> = {}): NewPage => ({
  key,
  request: {
    method: 'GET',
    url: `https://shop.example/${key}`,
    kind: 'list',
    group: 0,
    list: 0,
    page: 1,
    ...request,
  },
})

export const productOf = (id: string, product: Partial<Product> = {}): Omit<Product, 'position'> => ({
  site: 'ssg',
  id,
  name: `상품 ${id}`,
  brand: null,
  seller: null,
  price: 1_000,
  originalPrice: null,
  discountRate: null,
  currency: 'KRW',
  rating: null,
  reviewCount: null,
  inStock: null,
  url: `https://shop.example/item/${id}`,
  imageUrl: null,
  category: null,
  page: 1,
  crawledAt: '2026-11-24T06:30:00.000Z',
  ...product,
})

/** A page that was read and showed these ids. */
export const readPage = (key: string, ids: string[], checkpoint: Partial<Checkpoint> = {}): Checkpoint => ({
  key,
  outcome: 'done',
  status: 200,
  bytes: 1_000,
  route: 'state',
  failure: null,
  products: ids.map((id) => productOf(id)),
  ids,
  next: [],
  total: null,
  warnings: {},
  warned: {},
  ...checkpoint,
})

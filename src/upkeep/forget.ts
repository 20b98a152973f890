import { Refusal } from '../errors.ts'
import type { AccountId, JobId, UserId } from '../ids.ts'
import { tellEnded } from '../jobs/tell-ended.ts'
import type { Queue } from '../queue/queue.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Begun, DueJob, ForgetStore, ForgetWish } from './store.ts'

/** Jobs removed in one transaction, and commands in one statement: others wait for no more than that. */
const JOBS_A_BATCH = 5
const COMMANDS_A_BATCH = 500
/** People gone on with in one round. */
const PEOPLE_A_ROUND = 100

export interface ForgettingParts {
  store: ForgetStore
  queue: Pick<Queue, 'interrupt'>
  emit: Emit
  /** Removes a user's folder of result files. */
  removeFolder(user: UserId): Promise<void>
  /** Removes files from disk; those that are gone already are no mistake. */
  removeFiles(files: DueJob['files']): Promise<void>
  faultId(): string
  /** People wait to be told. */
  noticed(): void
}

/** What became of a wish to be forgotten. */
export interface Forgotten extends Begun {
  /** False: cut off, and the rest is removed later (the disk or the database did not let it now). */
  isDone: boolean
}

/** Removes what is stored about people, at their wish or an administrator's. */
export interface Forgetting {
  /** What a person would lose. */
  holdings: ForgetStore['holdings']
  /**
   * Removes all that is stored about an account's person; an active job ends without a word. Whoever is killed in
   * between goes on at the next start.
   * @throws Refusal `user.gone` when it was done already
   */
  forget(account: AccountId, wish: ForgetWish): Promise<Forgotten>
  /**
   * Removes words, products and files of one ended job; its counts stay.
   * @returns false when it is not the owner's, not ended, or was cleared before
   */
  discard(owner: UserId, id: JobId): Promise<boolean>
  /** Goes on with people whose removal was interrupted. @returns how many were finished */
  resume(signal: AbortSignal): Promise<number>
}

/** Forgetting over its storage. */
export function createForgetting(parts: ForgettingParts): Forgetting {
  const { store, emit } = parts
  return {
    holdings: store.holdings,
    async forget(account, wish) {
      const begun = await store.begin(account, wish)
      if (!begun) throw new Refusal('user.gone', {})
      emit('user.forgotten', { user: begun.user, accounts: begun.accounts.length })
      if (begun.told > 0) parts.noticed()
      await tellCancelled(parts, begun)
      return { ...begun, isDone: await remove(parts, begun.user) }
    },
    async discard(owner, id) {
      const files = await store.discard(owner, id)
      if (files) await parts.removeFiles(files)
      return files !== undefined
    },
    async resume(signal) {
      let done = 0
      for (const user of await store.waiting(PEOPLE_A_ROUND)) {
        if (!signal.aborted && (await remove(parts, user))) done += 1
      }
      return done
    },
  }
}

async function tellCancelled({ queue, emit }: ForgettingParts, { cancelled }: Begun): Promise<void> {
  if (!cancelled) return
  tellEnded(emit, cancelled)
  await queue.interrupt(cancelled.id, 'cancelled').catch(() => undefined) // its lease is void anyway
}

/** Never throws: nobody can reach what is left, and the next round of retention removes it. */
async function remove(parts: ForgettingParts, user: UserId): Promise<boolean> {
  try {
    await removeAll(parts, user)
    return true
  } catch (error) {
    if (error instanceof Refusal) parts.emit('store.retry', { cause: error.code, attempts: 1 })
    else parts.emit('fault', { id: parts.faultId(), where: 'forget', error })
    return false
  }
}

/** Files first, as the rows tell where they lie; and again, for one that was written meanwhile. */
async function removeAll({ store, removeFolder }: ForgettingParts, user: UserId): Promise<void> {
  const folders = await store.folders(user)
  for (const folder of folders) await removeFolder(folder)
  await untilNone(() => store.removeJobs(user, JOBS_A_BATCH))
  await untilNone(() => store.removeCommands(user, COMMANDS_A_BATCH))
  for (const folder of folders) await removeFolder(folder)
  await store.finish(user)
}

async function untilNone(step: () => Promise<number>): Promise<void> {
  for (let removed = 1; removed > 0; ) removed = await step()
}

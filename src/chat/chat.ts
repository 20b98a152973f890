import type { Budget } from '../budget/budget.ts'
import { aborted, type Clock } from '../clock.ts'
import type { Duties } from '../duty.ts'
import type { JobId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import type { Results } from '../results/results.ts'
import { labelsOf, type SiteRegistry } from '../sites/registry.ts'
import type { Emit } from '../telemetry/events.ts'
import { createCalls } from './calls.ts'
import { createGoneThreads } from './gone.ts'
import { createLanes } from './lanes.ts'
import { createLanguage } from './language.ts'
import { STOP_GRACE_MS } from './limits.ts'
import { loopsAsOne } from './loops.ts'
import { createNotices } from './notices.ts'
import { createOutbox } from './outbox.ts'
import { createPacer, type Pacer } from './pacer.ts'
import type { Platform } from './platform.ts'
import { createScenes } from './scene.ts'
import { createShownNotes } from './shown.ts'
import { createStanding } from './standing.ts'
import type { NoticeStore, OutboxStore } from './store.ts'
import { createTurns } from './turns.ts'

/** What jobs say in their threads: what is owed (outbox) and how far they are (pacer); and what people are told directly. */
export interface Chat {
  start(): void
  /** Ends within about eight seconds: calls in flight may finish, then they are cut and repeated at the next start. */
  stop(): Promise<void>
  /** A job's row and the outbox changed in this process, without a job a person's notices too; only saves waiting. */
  nudge(jobId?: JobId): void
  /** Platforms whose settings were refused, with the cause; nothing is sent to them until a restart. */
  down(): ReadonlyMap<string, string>
}

export interface ChatParts {
  store: OutboxStore
  notices: NoticeStore
  platforms: Platform[]
  results: Results
  sites: Pick<SiteRegistry, 'get'>
  budget: Budget
  clock: Clock
  emit: Emit
  /** Names this process in claims. */
  holder: string
  /** No other process uses the storage (SQLite): what a former process had claimed is taken over at the start. */
  isAlone: boolean
  /** Progress is edited by one process at a time. */
  duties: Duties
  /** No process is there that works on jobs. */
  isWorkerless(): boolean
  /** Whom people can tell that something is wrong (ADMIN_CONTACT), or null. */
  contact: string | null
  /** Where neither the person nor their platform tells a language. */
  locale: Locale
  /** Of the deployment's zone. */
  say: Say
  random?: () => number
}

/** The room, put together; nothing is sent before start(). */
export function createChat(parts: ChatParts): Chat {
  const { clock } = parts
  const turns = createTurns(parts)
  const calls = createCalls({ ...parts, turns })
  const standing = createStanding(parts.emit)
  const language = createLanguage(parts)
  const scenes = createScenes({
    ...parts,
    language,
    label: labelsOf(parts.sites),
  })
  const notes = createShownNotes({ clock, random: parts.random ?? Math.random })
  const shared = { ...parts, calls, standing, scenes, notes, gone: createGoneThreads(), lanes: createLanes() }
  const outbox = createOutbox(shared)
  const pacing = createPacing(shared, (platform) => createPacer({ ...shared, platforms: [platform] }))
  const direct = createNotices({ ...parts, calls, standing, language })
  return {
    start() {
      outbox.start()
      pacing.start()
      direct.start()
    },
    nudge(jobId) {
      outbox.nudge()
      pacing.nudge()
      if (jobId === undefined) direct.nudge()
    },
    async stop() {
      calls.close()
      const ended = new AbortController()
      const grace = clock.sleep(STOP_GRACE_MS, ended.signal).then(calls.cut, () => undefined)
      await Promise.all([outbox.stop(), pacing.stop(), direct.stop()])
      ended.abort()
      await grace
    },
    down: () => standing.down(),
  }
}

/** Each platform's progress is one process's duty: another process may serve another platform. */
const createPacing = ({ duties, platforms }: ChatParts, create: (platform: Platform) => Pacer): Pacer =>
  loopsAsOne(platforms.map((platform) => onDuty(duties, `chat/progress/${platform.name}`, () => create(platform))))

/** A pacer for as long as it is this process's duty, and a new one each time. */
function onDuty(duties: Duties, duty: string, create: () => Pacer): Pacer {
  const closing = new AbortController()
  let pacer: Pacer | undefined
  let running: Promise<void> = Promise.resolve()
  const pace = async (held: AbortSignal) => {
    pacer = create()
    pacer.start()
    await aborted(held)
    await pacer.stop()
    pacer = undefined
  }
  return {
    start() {
      running = duties.during(duty, pace, closing.signal)
    },
    nudge: () => pacer?.nudge(),
    async stop() {
      closing.abort()
      await running
    },
  }
}

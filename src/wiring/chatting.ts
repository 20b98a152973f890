import { createFallbackBudget } from '../budget/fallback.ts'
import { createInMemoryBudget } from '../budget/in-memory.ts'
import { type Chat, createChat } from '../chat/chat.ts'
import type { Platform } from '../chat/platform.ts'
import { createSay } from '../messages/say.ts'
import { labelsOf } from '../sites/registry.ts'
import type { Ground } from './ground.ts'

/** Whether jobs wait because no process is there that works on them. */
export const isWorkerless = ({ crews }: Ground): boolean => crews?.workers.isAway() ?? false

/** Delivers what jobs owe to chat. Several processes share one budget, and go on each with its share without it. */
export function openChat(ground: Ground, platforms: Platform[], isAlone: boolean): Chat {
  const { config, options, clock, sites, store, results, holder, shared, crews, duties } = ground
  const { emit } = options.telemetry
  const own = createInMemoryBudget({ clock }) // a chat's own: shops are paced in another
  const bots = () => Math.max(1, crews?.bots.count() ?? 1)
  const budget = shared ? createFallbackBudget(shared, own, bots) : own
  const chat = createChat({
    ...{ store: store.outbox, platforms, results, sites, budget, clock, emit, holder, isAlone },
    say: createSay(config.timeZone, labelsOf(sites)),
    ...{ notices: store.notices, locale: config.locale },
    duties,
    isWorkerless: () => isWorkerless(ground),
    contact: config.adminContact,
  })
  chat.start()
  const closing = new AbortController()
  const counting = Promise.all([
    crews?.bots.join(closing.signal),
    crews?.bots.watch(closing.signal),
    crews?.workers.watch(closing.signal),
  ])
  return {
    ...chat,
    async stop() {
      closing.abort()
      await chat.stop()
      await counting
    },
  }
}

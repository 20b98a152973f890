import { createFallbackBudget } from '../budget/fallback.ts'
import { createInMemoryBudget } from '../budget/in-memory.ts'
import { type Chat, createChat } from '../chat/chat.ts'
import { createPeers } from '../chat/peers.ts'
import type { Platform } from '../chat/platform.ts'
import { createSay } from '../messages/say.ts'
import type { Ground } from './ground.ts'

/** Delivers what jobs owe to chat. Several processes share one budget, and go on each with its share without it. */
export function openChat(ground: Ground, platforms: Platform[], isAlone: boolean): Chat {
  const { config, options, clock, sites, store, results, holder, shared, duties } = ground
  const { emit } = options.telemetry
  const own = createInMemoryBudget({ clock }) // a chat's own: shops are paced in another
  const peers = shared && createPeers({ store: store.duties, duties, holder, clock })
  const budget = shared && peers ? createFallbackBudget(shared, own, peers.count) : own
  const chat = createChat({
    ...{ store: store.outbox, platforms, results, sites, budget, clock, emit, holder, isAlone },
    say: createSay(config.timeZone),
    ...{ notices: store.notices, locale: config.locale },
    duties,
  })
  chat.start()
  const closing = new AbortController()
  const counting = peers?.run(closing.signal)
  return {
    ...chat,
    async stop() {
      closing.abort()
      await chat.stop()
      await counting
    },
  }
}

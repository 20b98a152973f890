import type { Budget } from './budget.ts'

/**
 * A budget shared by several processes that goes on in each of them while its store is away, each with its share:
 * for chat, where last words have to go out. Shops are never asked by it.
 * @param share by how many processes the rate is divided meanwhile
 */
export function createFallbackBudget(shared: Budget, own: Budget, share: () => number): Budget {
  return {
    take: (key, rule) =>
      shared
        .take(key, rule)
        .catch(() => own.take(key, { ...rule, intervalMs: rule.intervalMs * Math.max(1, share()) })),
    pause: async (key, ms) => {
      await own.pause(key, ms) // should the store go away meanwhile
      await shared.pause(key, ms).catch(() => undefined)
    },
  }
}

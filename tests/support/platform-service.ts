import type { PlatformService } from '../../adapters/network-platform.ts'

/** A service that completes nothing and counts nothing. */
export const NO_SERVICE: PlatformService = {
  autocomplete: async () => [],
  sessions: { begin: async () => 0 },
  tell: () => undefined,
}

import type { PlatformService } from '../../adapters/network-platform.ts'
import { soleDuties } from '../../src/duty.ts'

/** A service that completes nothing and counts nothing. */
export const NO_SERVICE: PlatformService = {
  autocomplete: async () => [],
  buttons: { commands: async () => [] },
  sessions: { begin: async () => 0 },
  duties: soleDuties,
  tell: () => undefined,
}

import type { Emit } from '../telemetry/events.ts'

/** Which platforms take nothing until a restart, because their own settings are wrong. */
export interface Standing {
  /** Sending to it stops; the cause is told once. */
  fell(platform: string, cause: string): void
  isDown(platform: string): boolean
  /** Platform name → cause, for readiness. */
  down(): ReadonlyMap<string, string>
}

/** One for the outbox and the pacer. */
export function createStanding(emit: Emit): Standing {
  const down = new Map<string, string>()
  return {
    fell(platform, cause) {
      if (down.has(platform)) return
      down.set(platform, cause)
      emit('chat.failed', { platform, cause })
    },
    isDown: (platform) => down.has(platform),
    down: () => down,
  }
}

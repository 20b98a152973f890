import type { Telemetry } from './log.ts'

/** What live logs read from. */
export interface LogFeed {
  /**
   * Calls `onLine` with every line from now on.
   * @returns the newest lines before it as JSON, oldest first, and what ends it
   */
  open(onLine: (line: string) => void): Promise<{ lines: string[]; leave(): void }>
}

/** The lines of this process alone. */
export const ownFeed = (log: Pick<Telemetry, 'recent' | 'subscribe'>): LogFeed => ({
  open: async (onLine) => ({ lines: log.recent(), leave: log.subscribe(onLine) }),
})

import type { App } from '@slack/bolt'
import type { Mount } from '../../src/http/app.ts'

/** How Slack's requests reach the bot. */
export interface Transport {
  /** Begins to hear; resolves at once, connections come by themselves. */
  start(app: App): void
  /** Hears nothing new. */
  stop(): Promise<void>
  /** What the one port must serve for it, if anything. */
  mount?: Mount
  /** Why nothing can be heard now, or null. */
  trouble(): string | null
}

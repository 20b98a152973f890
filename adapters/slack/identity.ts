import type { AuthorizeResult } from '@slack/bolt'
import { PlatformDown } from '../../src/chat/platform.ts'
import { type Clock, rest } from '../../src/clock.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { ANSWER_TIMEOUT_MS, FIRST_PAUSE_MS, LAST_PAUSE_MS } from './limits.ts'
import type { SlackApi } from './web-api.ts'

/** Who the bot is in its workspace. Asked in the background: no command waits for it. */
export interface Identity {
  /** Asks until it is answered or the signal aborts. */
  learn(signal: AbortSignal): Promise<void>
  /** As Bolt wants it for every event: at once, with what is known. */
  authorization(): AuthorizeResult
  botUserId(): string | undefined
  /** As people mention it. */
  mention(): string
  /** Why Slack refuses the token, or null. */
  trouble(): string | null
}

export function createIdentity(parts: { api: SlackApi; token: string; clock: Clock; emit: Emit }): Identity {
  const { api, token, clock, emit } = parts
  let known: { botId?: string; botUserId?: string; teamId?: string } = {}
  let name = 'shopcrawl'
  let trouble: string | null = null

  async function ask(): Promise<boolean> {
    try {
      const answer = await api.call(AbortSignal.timeout(ANSWER_TIMEOUT_MS), (client) => client.auth.test())
      known = { botId: answer.bot_id, botUserId: answer.user_id, teamId: answer.team_id }
      name = answer.user ?? name
      trouble = null
      return true
    } catch (error) {
      if (error instanceof PlatformDown && trouble !== error.message) {
        trouble = error.message
        emit('chat.failed', { platform: 'slack', cause: trouble })
      }
      return false
    }
  }

  return {
    async learn(signal) {
      let pauseMs = FIRST_PAUSE_MS
      while (!signal.aborted && !(await ask())) {
        await rest(clock, pauseMs, signal)
        pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)
      }
    },
    authorization: () => ({ botToken: token, ...known }),
    botUserId: () => known.botUserId,
    mention: () => `@${name}`,
    trouble: () => trouble,
  }
}

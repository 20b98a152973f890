import type { Trouble } from '../../src/demo/replica-shop.ts'
import type { SlackFault } from '../support/slack-server.ts'
import type { World } from './worlds.ts'

/** Something that goes wrong for a while, and is well again when `act` resolves. */
export interface Fault {
  name: string
  act(): Promise<unknown>
}

type Random = () => number

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What a shop does to crawlers. */
export function shopFaults({ shop }: World, random: Random): Fault[] {
  const { latencyMs = 0 } = shop.options
  const trouble = (name: string, share: number, ms: number, make: () => Trouble): Fault => ({
    name: `shop: ${name}`,
    async act() {
      shop.options.trouble = () => (random() < share ? make() : null)
      await wait(ms)
      delete shop.options.trouble
    },
  })
  return [
    trouble('answers 500', 0.4, 5_000, () => ({ kind: 'status', status: 500 })),
    trouble('answers 429 with Retry-After', 0.3, 4_000, () => ({ kind: 'status', status: 429, retryAfter: '2' })),
    trouble('cuts pages', 0.3, 5_000, () => ({ kind: 'cut', bytes: 2_000, isLengthTold: true })),
    trouble('resets connections', 0.3, 5_000, () => ({ kind: 'reset' })),
    {
      name: 'shop: is slow',
      async act() {
        shop.options.latencyMs = 3_000
        await wait(8_000)
        shop.options.latencyMs = latencyMs
      },
    },
  ]
}

/** What chat services do to bots. */
export function chatFaults({ slack, discord }: World, random: Random): Fault[] {
  const trouble = (name: string, share: number, fault: SlackFault): Fault => ({
    name: `Slack: ${name}`,
    async act() {
      slack.failAll((method) => (/^(?:chat|files)\./.test(method) && random() < share ? fault : undefined))
      await wait(8_000)
      slack.failAll(undefined)
    },
  })
  const discordTrouble = (name: string, fault: Parameters<typeof discord.fail>[0]): Fault => ({
    name: `Discord: ${name}`,
    async act() {
      discord.fail({ path: /^\/channels\//, times: 30, every: 3, ...fault })
      await wait(8_000)
      discord.mend()
    },
  })
  const retryAfter = { 'retry-after': '1', 'x-ratelimit-scope': 'user' }
  return [
    trouble('answers 429', 0.3, { status: 429, retryAfter: 1 }),
    trouble('answers 500 to what it did', 0.2, { status: 500, applied: true }),
    trouble('cuts connections after what it did', 0.2, { cut: true, applied: true }),
    discordTrouble('answers 500 to what it did', { status: 500, applied: true }),
    discordTrouble('cuts connections after what it did', { how: 'cut', applied: true }),
    discordTrouble('answers 429', { status: 429, headers: retryAfter, body: { retry_after: 1, global: false } }),
    {
      name: 'Discord: drops the gateway',
      async act() {
        discord.drop()
        await wait(3_000)
      },
    },
  ]
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { open as openProgram } from './shopcrawl.mjs'

/**
 * The program with both chat services: Slack's requests come to its one port, Discord's commands by the gateway. While it
 * crawls people type commands there, and what is measured beside is how soon each is acknowledged.
 */
export async function open({ origin, env }) {
  const chat = fork(fileURLToPath(new URL('../chat.mjs', import.meta.url)))
  const [{ secret, slackApiUrl, discordApiUrl }] = await once(chat, 'message')
  const settings = {
    ...{ SLACK_BOT_TOKEN: 'xoxb-bench-1', SLACK_SIGNING_SECRET: secret, SLACK_API_URL: slackApiUrl, PORT: '0' },
    ...{ DISCORD_TOKEN: `${'M'.repeat(26)}.Gxxxxx.${'a'.repeat(38)}`, DISCORD_API_URL: discordApiUrl },
    ...env,
  }
  const program = await openProgram({ origin, env: settings, connect })
  let figures = {}
  return {
    ...program,
    async crawl(load) {
      chat.send({ typeAt: program.connected.events })
      const products = await program.crawl(load)
      chat.send({})
      const [{ taken, error }] = await once(chat, 'message')
      if (error) throw new Error(error)
      figures = {
        acknowledged: Object.fromEntries(Object.entries(taken).map(([name, times]) => [name, summary(times)])),
      }
      return products
    },
    /** What `crawl` measured beside the usual. */
    figures: () => figures,
    async close() {
      await program.close()
      chat.kill()
    },
  }
}

/** As `npm start` does it. @returns where Slack's requests go, and what ends it */
async function connect({ house, platforms }) {
  const server = house.createServer({
    mounts: platforms.flatMap(({ mount }) => mount ?? []),
    troubles: () => new Map(),
    isStopping: () => false,
  })
  const address = await server.start()
  const { autocomplete, duties, store } = house
  for (const platform of platforms)
    await platform.start(house.dispatch, {
      ...{ autocomplete, duties, sessions: store.sessions, buttons: store.buttons },
      tell: () => {},
    })
  while (platforms.some((platform) => platform.trouble() !== null))
    await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    events: `${address}/slack/events`,
    async stop() {
      await Promise.all(platforms.map((platform) => platform.stop()))
      await server.stop()
    },
  }
}

const summary = (times) => {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) }
}

// A bot of the program in a process of its own, with people who type: a real ROLE=bot but for its chat service, which
// takes whatever comes at once and shows nobody anything. Started by world.mjs, which tells it by message what to do.
import { compiled } from '../dist.mjs'

const PLATFORM = 'discord'
const GUILD = 'guild'
/** Answers that say "later": the database is busy; too much waits to be sent to this workspace. */
const LATER = ['store.busy', 'chat.backlog']
/** Who is told so asks again after so long, in ms. */
const AGAIN_MS = 500

let house
let server
let chat

const acts = {
  /** @param settings as in the environment; @param manners of the chat service: `{ latencyMs, intervalMs }` */
  async open({ settings, manners }) {
    chat = quietPlatform(manners)
    const { loadConfig } = await compiled('config.js')
    const { build, PLATFORM_SETTINGS } = await compiled('main.js')
    const { config } = loadConfig(settings, ['ssg', 'shinsegae', 'samsung', 'web'], PLATFORM_SETTINGS)
    house = await build(config, { telemetry: await telemetry(), platforms: [chat] })
    house.startChat()
    house.startUpkeep()
    server = house.createServer({ mounts: [], troubles: () => new Map(), isStopping: () => false })
    return { address: await server.start() }
  },
  /** Every line once, by so many people at the same time. */
  async type({ lines, atOnce }) {
    const typed = []
    const left = lines.entries()
    const person = async () => {
      for (const [at, line] of left) typed[at] = await type(line)
    }
    await Promise.all(Array.from({ length: atOnce }, person))
    return { typed }
  },
  async calls() {
    return { calls: chat.calls() }
  },
  async close() {
    await house?.stop()
    await server?.stop()
    return {}
  },
}

process.on('message', async ({ act, ...facts }) => {
  try {
    process.send(await acts[act](facts))
  } catch (error) {
    process.send({ error: error.stack ?? String(error) })
  }
})
process.on('disconnect', () => process.exit(0))

/** One command from its arrival to its answer. Whoever is told to wait asks again. */
async function type({ person, text }) {
  const account = { platform: PLATFORM, workspace: '', externalId: person, name: person, locale: 'ko' }
  const place = { platform: PLATFORM, workspace: GUILD, channel: person, thread: null, isDirect: false }
  const sentAt = Date.now()
  for (let tries = 1; ; tries += 1) {
    const started = performance.now()
    const reply = await house.dispatch({ eventId: `${person} ${tries}`, account, place, text })
    const ackMs = performance.now() - started
    if (reply.outcome === 'ok') return { person, sentAt, ackMs, tries }
    if (!LATER.includes(reply.outcome)) throw new Error(`"${text}" was answered with ${reply.outcome}`)
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

/** The log of the service at its default level, written to nowhere; bugs are shown. */
async function telemetry() {
  const { createTelemetry, emitToAll } = await compiled('telemetry/log.js')
  const log = createTelemetry({ level: 'info', destination: { write() {} } })
  const tellFault = (event, facts) => {
    if (event === 'fault') process.stderr.write(`bot: a bug in ${facts.where}: ${facts.error?.stack ?? facts.error}\n`)
  }
  return { ...log, emit: emitToAll(log.emit, tellFault) }
}

/** A chat service that answers after `latencyMs` and wants `intervalMs` between two calls in a thread. */
function quietPlatform({ latencyMs, intervalMs }) {
  let calls = 0
  const call = async () => {
    calls += 1
    const id = String(calls)
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
    return id
  }
  return {
    name: PLATFORM,
    async open(place) {
      const [root, thread] = [await call(), await call()] // a message, and a thread on it
      return { ...place, thread, root }
    },
    post: call,
    edit: async () => void (await call()),
    upload: call,
    direct: async (externalId) => ({
      ...{ platform: PLATFORM, workspace: '', channel: externalId, thread: null, isDirect: true },
    }),
    link: async () => null,
    pace: ({ thread, channel }) => ({
      ...{ key: `${PLATFORM}/${thread ?? channel}`, intervalMs, editMs: 3_000, progressAfterMs: 5_000 },
    }),
    locale: async () => 'ko',
    calls: () => calls,
  }
}

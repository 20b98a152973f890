import { Refusal } from '../errors.ts'
import type { HttpServer } from '../http/server.ts'
import { build, createPlatforms, type House, type NetworkPlatform } from '../main.ts'
import { about } from '../version.ts'
import { DONE } from './exit-codes.ts'
import type { Program } from './program.ts'
import { aborted, listenForEnd } from './signals.ts'

/** How long the service waits for a single crawl that owns the folder. */
const ONE_SHOT_WAIT_MS = 60_000
/** How long a terminal may take to say what its job owes; after that it is taken to be gone. */
const CONSOLE_GRACE_MS = 60_000

/**
 * `shopcrawl start`: runs until SIGINT or SIGTERM.
 * @throws Refusal `owner.taken`, and the store's
 */
export async function start({ config, telemetry, locale, say, tell }: Program): Promise<number> {
  const end = listenForEnd({ SIGINT: 130, SIGTERM: 143 })
  const startedAt = performance.now()
  const platforms = await createPlatforms(config, telemetry)
  const house = await build(config, { telemetry, platforms })
  const server = createServer(house, platforms, end.signal)
  try {
    await own(house, end.signal, (seconds) => tell(say(locale, 'cli.waiting_owner', { seconds })))
    const address = await server.start()
    await house.startRunner()
    house.startChat()
    const service = { autocomplete: house.autocomplete, sessions: house.store.sessions, tell }
    for (const platform of platforms) await platform.start(house.dispatch, service)
    const settling = settleConsole(house)
    const { version } = about()
    telemetry.emit('service.started', { version, role: 'all', database: 'sqlite' })
    tell(say(locale, 'cli.started', { address, platforms: platforms.map(({ name }) => name).join(', ') }))
    if (platforms.length === 0) tell(say(locale, 'cli.no_platforms'))
    await aborted(end.signal)
    clearInterval(settling)
    telemetry.emit('service.stopping', { reason: String(end.signal.reason) })
  } finally {
    await Promise.all(platforms.map((platform) => platform.stop()))
    await house.stop()
    await server.stop()
    end.release()
  }
  telemetry.emit('service.stopped', { ms: Math.round(performance.now() - startedAt) })
  tell(say(locale, 'cli.stopped'))
  return DONE
}

/** The one port; red while a chat platform does not work, and from the first signal to end. */
function createServer(house: House, platforms: NetworkPlatform[], end: AbortSignal): HttpServer {
  return house.createServer({
    mounts: platforms.flatMap(({ mount }) => mount ?? []),
    isStopping: () => end.aborted,
    troubles: () =>
      new Map(
        platforms.flatMap((platform) => {
          const trouble = platform.trouble()
          return trouble === null ? [] : [[platform.name, trouble] as const]
        }),
      ),
  })
}

/** What jobs of a terminal that is gone still owe is marked as said: nobody else can say it. */
function settleConsole(house: House): NodeJS.Timeout {
  const settle = () => house.store.outbox.settleEnded('console', CONSOLE_GRACE_MS).catch(() => 0) // tried again soon
  return setInterval(() => void settle(), CONSOLE_GRACE_MS)
}

/** Becomes the owner. Another service stays one; a single crawl is waited for. */
export async function own(house: House, signal: AbortSignal, onWait: (seconds: number) => void): Promise<void> {
  if (await house.takeOwnership({ kind: 'service', waitMs: 0 })) return
  const holder = await house.store.owner.read()
  if (holder?.kind === 'one-shot') {
    onWait(ONE_SHOT_WAIT_MS / 1_000)
    if (await house.takeOwnership({ kind: 'service', waitMs: ONE_SHOT_WAIT_MS, signal })) return
  }
  throw new Refusal('owner.taken', { path: house.config.dataDir, holder: String(holder?.pid ?? '') })
}

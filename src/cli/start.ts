import { TOKEN_LENGTH } from '../access/limits.ts'
import { proposeToken } from '../access/tokens.ts'
import { aborted, rest, systemClock } from '../clock.ts'
import { isRefusal, Refusal } from '../errors.ts'
import type { HttpServer } from '../http/server.ts'
import { build, connectionsOf, createPlatforms, type House, type NetworkPlatform } from '../main.ts'
import { connectionFindings } from '../upkeep/check-storage.ts'
import { about } from '../version.ts'
import { DONE } from './exit-codes.ts'
import type { Program } from './program.ts'
import { listenForEnd } from './signals.ts'

/** How long the service waits for a single crawl, or on PostgreSQL for the processes that it follows, to leave. */
const LEAVING_WAIT_MS = 60_000
/** How often a database that is away before the service has begun is looked for. */
const AWAY_MS = 2_000
/** How long a terminal may take to say what its job owes; after that it is taken to be gone. */
const CONSOLE_GRACE_MS = 60_000

/**
 * `shopcrawl start`: runs until SIGINT or SIGTERM.
 * @throws Refusal `owner.…`, and the store's
 */
export async function start(program: Program): Promise<number> {
  const { config, telemetry, locale, say, tell } = program
  const end = listenForEnd()
  const startedAt = performance.now()
  warnOfConnections(program)
  const platforms = config.role === 'worker' ? [] : await createPlatforms(config, telemetry)
  const house = await onceThere(program, end.signal, () => build(config, { telemetry, platforms }))
  if (!house) {
    end.release()
    return end.exitCode()
  }
  const server = createServer(house, platforms, end.signal)
  try {
    const onWait = ({ kind, seconds }: Wait) =>
      tell(say(locale, kind === 'one-shot' ? 'cli.waiting_owner' : 'cli.waiting_service', { seconds }))
    if (!(await onceThere(program, end.signal, () => own(house, end.signal, onWait)))) return end.exitCode()
    const address = config.role === 'worker' && !config.isPortSet ? null : await server.start()
    if (config.role === 'bot') house.startRescue()
    else await house.startRunner()
    if (config.role !== 'worker') await startChat(house, platforms, tell)
    if (config.role !== 'worker') house.startUpkeep()
    const settling = settleConsole(house)
    tellStarted(program, house, platforms, address)
    if (address !== null) tellAdmin(program, address)
    await Promise.race([aborted(end.signal), aborted(house.lost)])
    clearInterval(settling)
    const reason = end.signal.aborted ? end.signal.reason : house.lost.reason
    telemetry.emit('service.stopping', { reason: String(reason) })
    if (!end.signal.aborted) throw await besideRefusal(house)
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

/** People are heard and answered, and jobs say in their threads how they are. */
async function startChat(house: House, platforms: NetworkPlatform[], tell: Program['tell']): Promise<void> {
  house.startChat()
  const { autocomplete, duties, store } = house
  for (const platform of platforms) {
    await platform.start(house.dispatch, {
      autocomplete,
      duties,
      sessions: store.sessions,
      buttons: store.buttons,
      tell,
    })
  }
}

function tellStarted(
  { config, telemetry, locale, say, tell }: Program,
  house: House,
  platforms: NetworkPlatform[],
  address: string | null,
): void {
  const { version } = about()
  telemetry.emit('service.started', { version, role: config.role, database: house.store.kind })
  const names = platforms.map(({ name }) => name).join(', ')
  if (config.role === 'worker') tell(say(locale, 'cli.worker_started', { address }))
  else tell(say(locale, 'cli.started', { address: address ?? '', platforms: names }))
  if (config.role !== 'worker' && platforms.length === 0) tell(say(locale, 'cli.no_platforms'))
}

/** What `check` says of servers on other machines: others may listen on the way, or come in. */
function warnOfConnections({ config, telemetry, locale, say, tell }: Program): void {
  for (const { name, connection } of connectionsOf(config)) {
    for (const { sentence } of connectionFindings(name, connection, say, locale)) {
      tell(sentence)
      telemetry.emit('config.warning', { name, text: sentence })
    }
  }
}

/** A database that is away is waited for, and said so. @returns undefined when the process was asked to end first */
async function onceThere<T>(
  { locale, say, tell }: Program,
  end: AbortSignal,
  act: () => Promise<T>,
): Promise<T | undefined> {
  for (let isTold = false; !end.aborted; isTold = true) {
    try {
      return await act()
    } catch (error) {
      if (!isRefusal(error, 'store.unreachable')) throw error
      if (!isTold) tell(say(locale, 'cli.waiting_database', error.facts))
      await rest(systemClock, AWAY_MS, end)
    }
  }
  return undefined
}

/** Whether the administrator's page is open, and whether its tokens are worth something. */
function tellAdmin(
  { config, locale, say, tell }: Pick<Program, 'config' | 'locale' | 'say' | 'tell'>,
  address: string,
) {
  const proposal = proposeToken()
  if (config.adminToken === null) return tell(say(locale, 'cli.admin_closed', { proposal }))
  const tokens = { ADMIN_TOKEN: config.adminToken, ADMIN_VIEWER_TOKEN: config.viewerToken }
  for (const [name, token] of Object.entries(tokens)) {
    if (token !== null && token.length < TOKEN_LENGTH)
      tell(say(locale, 'cli.token_short', { name, length: TOKEN_LENGTH, proposal }))
  }
  tell(say(locale, 'cli.admin_open', { address }))
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

/** For whom a service waits, and how long at most. */
interface Wait {
  kind: 'one-shot' | 'service'
  seconds: number
}

/**
 * Becomes the owner, or with Redis one of those who share the database. A single crawl is waited for. Another service
 * stays the owner of a DATA_DIR; on PostgreSQL it is waited for too, as it may be the one that this one follows (a
 * rolling deploy).
 * @returns false when the process was asked to end first
 * @throws Refusal `owner.taken`, `owner.alone`, `owner.shared`, `owner.unshared`, and the store's
 */
export async function own(house: House, signal: AbortSignal, onWait: (wait: Wait) => void): Promise<boolean> {
  if (await house.takeOwnership({ kind: 'service', waitMs: 0 })) return true
  const holder = await house.store.owner.read()
  const isOnPostgres = house.store.kind === 'postgres'
  if (isOnPostgres || holder?.kind === 'one-shot') {
    onWait({ kind: holder?.kind ?? 'service', seconds: LEAVING_WAIT_MS / 1_000 })
    try {
      if (await house.takeOwnership({ kind: 'service', waitMs: LEAVING_WAIT_MS, signal })) return true
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false
      throw error
    }
  }
  if (isOnPostgres) throw await besideRefusal(house)
  throw new Refusal('owner.taken', { path: house.config.dataDir, holder: String(holder?.pid ?? '') })
}

/** Several processes on one database need one Redis between them all: otherwise their requests to shops add up. */
async function besideRefusal({ store, isShared }: House): Promise<Refusal> {
  const facts = { server: store.place, setting: 'REDIS_URL' }
  if (isShared) return new Refusal('owner.unshared', facts)
  if ((await store.owner.form().catch(() => undefined)) === 'shared') return new Refusal('owner.shared', facts)
  const holder = String((await store.owner.read().catch(() => undefined))?.pid ?? '')
  return new Refusal('owner.alone', { ...facts, holder })
}

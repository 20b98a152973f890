import { setMaxListeners } from 'node:events'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { createPlatforms, lookAtRedis, lookAtStore } from '../main.ts'
import type { Say } from '../messages/say.ts'
import { runChecks } from '../upkeep/check.ts'
import { checkFolder } from '../upkeep/check-folder.ts'
import { checkLimits } from '../upkeep/check-limits.ts'
import { checkNat64, checkProxy, checkPublicUrl, createClockCheck } from '../upkeep/check-network.ts'
import { openShopCheck } from '../upkeep/check-shops.ts'
import { checkDatabase, checkRedis } from '../upkeep/check-storage.ts'
import type { Check, CheckContext, Verdict } from '../upkeep/finding.ts'
import { DONE, FAILED } from './exit-codes.ts'
import type { Program } from './program.ts'
import { listenForEnd } from './signals.ts'

const MARKS: Record<Verdict, string> = { pass: '✓', note: '·', warning: '!', failure: '✗' }
/** How long this machine's own port may take to say that the service runs. */
const OWN_PORT_MS = 2_000

/**
 * `shopcrawl check`: tests the settings against storage, the chat platforms and the shops, and writes a line for each on
 * standard output. Nothing is started, registered or stored.
 * @returns 0 when nothing failed (warnings may be there), else 1
 */
export async function check({ config, telemetry, locale, say }: Program): Promise<number> {
  const end = listenForEnd()
  setMaxListeners(0, end.signal) // every question listens for its ten seconds
  const clock = createClockCheck(systemClock, say)
  const platforms = await createPlatforms(config, telemetry)
  const shops = await openShopCheck({ config, emit: telemetry.emit, say, hearDate: clock.hearDate })
  const { publicUrl } = config
  const context: CheckContext = {
    ...{ locale, publicUrl: publicUrl?.replace(/\/$/, '') ?? null, hearDate: clock.hearDate, signal: end.signal },
    isServing: await isServing(config),
  }
  const noPlatforms: Check = async () => [{ verdict: 'warning', sentence: say(locale, 'check.no_platforms') }]
  const checks = [
    checkFolder(config.dataDir, say),
    ...checkStorage(config, say),
    ...(platforms.length > 0 ? platforms.map((platform) => platform.check) : [noPlatforms]),
    checkPublicUrl(config.port, say),
    checkProxy(process.env, say),
    checkNat64(say),
    shops.check,
  ]
  try {
    const counts = await runChecks(context, { say, checks, last: [clock.check, checkLimits(config, say)] }, (finding) =>
      write(`${MARKS[finding.verdict]} ${finding.sentence}`),
    )
    write(say(locale, 'check.summary', counts))
    return counts.failures === 0 ? DONE : FAILED
  } catch (error) {
    if (end.signal.aborted) return end.exitCode()
    throw error
  } finally {
    await shops.close()
    end.release()
  }
}

/** The database, and Redis where one is named. */
function checkStorage(config: Config, say: Say): Check[] {
  const { redisUrl } = config
  const database = checkDatabase((signal) => lookAtStore(config, signal), say)
  return redisUrl === null ? [database] : [database, checkRedis((signal) => lookAtRedis(redisUrl, signal), say)]
}

const write = (line: string): void => void process.stdout.write(`${line}\n`)

/** Whether the service answers on its port of this machine. */
async function isServing({ host, port }: Config): Promise<boolean> {
  const own = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? host
  return await fetch(`http://${own}:${port}/healthz`, { signal: AbortSignal.timeout(OWN_PORT_MS) }).then(
    async (response) => response.ok && (await response.text()) === 'ok',
    () => false,
  )
}

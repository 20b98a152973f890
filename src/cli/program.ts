import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, loadConfig } from '../config.ts'
import { isRefusal, Refusal } from '../errors.ts'
import { PLATFORM_SETTINGS } from '../main.ts'
import { type Locale, localeOf } from '../messages/locale.ts'
import { createSay, type Say, sayRefusal } from '../messages/say.ts'
import { loadSites } from '../sites/registry.ts'
import { faultId } from '../telemetry/fault-id.ts'
import { createTelemetry, type Telemetry } from '../telemetry/log.ts'
import { watchLoop } from '../telemetry/watchdog.ts'
import { exitCodeOf, FAILED } from './exit-codes.ts'

/** What every command of the command line stands on. */
export interface Program {
  config: Config
  telemetry: Telemetry
  /** The language of the terminal, else LOCALE. */
  locale: Locale
  say: Say
  /** A line for the person, on standard error: standard output carries results alone. */
  tell(line: string): void
}

/** The language that a terminal tells (POSIX: LC_ALL, LC_MESSAGES, LANG), or undefined for C and POSIX. */
const terminalLocale = (env: NodeJS.ProcessEnv): Locale | undefined =>
  localeOf(env.LC_ALL || env.LC_MESSAGES || env.LANG)

/** The language before the settings are read: the terminal's, else LOCALE's. */
export const spokenLocale = (env: NodeJS.ProcessEnv): Locale => terminalLocale(env) ?? localeOf(env.LOCALE) ?? 'ko'

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/**
 * Runs one command: reads the settings (a file .env in the working folder too), and turns whatever is thrown into one
 * sentence and an exit code. The service writes a log; of other commands only bugs are logged, unless LOG_LEVEL is set.
 */
export async function runProgram(
  command: (program: Program) => Promise<number>,
  { isService } = { isService: false },
): Promise<number> {
  let locale = spokenLocale(process.env)
  let telemetry: Telemetry | undefined
  let stopWatching: (() => void) | undefined
  // Nothing is known of the state after it: the process ends, and the next start goes on from the last checkpoints.
  const uncaught = (error: unknown) => process.exit(tellError(error, locale, telemetry))
  process.on('uncaughtException', uncaught)
  try {
    readEnvFile('.env')
    const shops = (await loadSites({ origins: {} })).all().filter(({ hosts }) => hosts.length > 0)
    const siteNames = shops.map(({ name }) => name)
    const { config, warnings } = loadConfig(process.env, siteNames, PLATFORM_SETTINGS)
    locale = terminalLocale(process.env) ?? config.locale
    const secrets = [config.adminToken, config.viewerToken, config.filesKey].filter((secret) => secret !== null)
    telemetry = createTelemetry({ level: config.logLevel, secrets, onlyFaults: !isService && !process.env.LOG_LEVEL })
    stopWatching = watchLoop(telemetry.emit)
    const say = createSay(config.timeZone)
    for (const { name } of warnings) tell(say(locale, 'cli.config_warning', { name, suggestion: null }))
    return await command({ config, telemetry, locale, say, tell })
  } catch (error) {
    return tellError(error, locale, telemetry)
  } finally {
    process.off('uncaughtException', uncaught)
    stopWatching?.()
    telemetry?.flush()
  }
}

/**
 * Puts the names of a file of settings into the environment; those that are there already win.
 * @throws Refusal `env.unreadable`, `env.invalid`
 */
function readEnvFile(path: string): void {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? ''
    if (cause === 'ENOENT') return
    throw new Refusal('env.unreadable', { path: resolve(path), cause }, { cause: error })
  }
  for (const [name, value] of Object.entries(parseSettings(bytes, resolve(path)))) process.env[name] ??= value
}

/** What Node's reader cannot make anything of it passes over without a word. */
function parseSettings(bytes: Buffer, path: string): NodeJS.Dict<string> {
  const text = textOf(bytes)
  if (text === undefined) throw new Refusal('env.invalid', { path, problem: 'binary' })
  const settings = parseEnv(text)
  const isBlank = text.split(/\r?\n/).every((line) => /^\s*(?:#|$)/.test(line))
  if (!isBlank && Object.keys(settings).length === 0) throw new Refusal('env.invalid', { path, problem: 'nothing' })
  return settings
}

/** UTF-8 without control characters (a byte order mark is dropped), or undefined. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /\p{Cc}/u.test(text.replace(/[\t\r\n]/g, '')) ? undefined : text
  } catch {
    return undefined
  }
}

function tellError(error: unknown, locale: Locale, telemetry: Telemetry | undefined): number {
  const say = createSay('Asia/Seoul')
  if (error instanceof Refusal) {
    tell(sayHere(say, locale, error))
    return exitCodeOf(error)
  }
  const id = faultId()
  const sink = telemetry ?? createTelemetry({ level: 'error' })
  sink.emit('fault', { id, where: 'cli', error })
  sink.flush()
  tell(say(locale, 'cli.fault', { id }))
  return FAILED
}

/** A refusal as it reads in a terminal: what chat would be told to send is a command here. */
function sayHere(say: Say, locale: Locale, refusal: Refusal): string {
  if (isRefusal(refusal, 'site.unknown')) return say(locale, 'cli.site_unknown', refusal.facts)
  if (isRefusal(refusal, 'site.absent')) return say(locale, 'cli.site_absent', refusal.facts)
  if (isRefusal(refusal, 'store.unreachable')) return say(locale, 'cli.store_unreachable', refusal.facts)
  return sayRefusal(say, locale, refusal)
}

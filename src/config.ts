import { editDistance } from './edit-distance.ts'
import { type ConfigMistake, Refusal } from './errors.ts'
import { readHost, type Setting } from './setting.ts'
import { SETTINGS, type Settings } from './settings.ts'

/** What the environment says, checked. */
export type Config = Settings & {
  /** Other origins by site name (SITE_<NAME>_URL). */
  siteOrigins: Record<string, string>
  /** PORT is set, and not just its default: a worker opens a port only then. */
  isPortSet: boolean
  /** What each chat platform's own names say, by platform; read by the adapter of that name alone. */
  platforms: Record<string, Record<string, unknown>>
}

/** The names of the environment that belong to one chat platform. */
export interface PlatformSettings {
  settings: Record<string, Setting>
  /** Names that need each other. */
  findMistakes(values: Record<string, unknown>): ConfigMistake[]
}

/** A name that is set but read by nobody. */
export interface ConfigWarning {
  name: string
}

/** Prefixes under which a name that nobody reads is surely meant for this program. */
const OWN_PREFIXES = ['CRAWL_', 'SITE_', 'QUOTA_', 'ROBOTS_', 'SHOPCRAWL_', 'SLACK_', 'DISCORD_']
/** A misspelling is looked for only in names this long: shorter ones are too near to other programs' names (HOME, HOST). */
const MISSPELLABLE = 8
const SITE_ORIGIN = /^SITE_([A-Z0-9]+)_URL$/

/**
 * Reads the environment. Every mistake is collected, so that one run tells them all.
 * @param siteNames of the shops that SITE_<NAME>_URL may name
 * @param platforms the chat platforms' own names
 * @throws Refusal `config.invalid` with every mistake; values are not in it, so that no secret is shown
 */
export function loadConfig(
  env: Record<string, string | undefined>,
  siteNames: string[],
  platforms: Record<string, PlatformSettings> = {},
): { config: Config; warnings: ConfigWarning[] } {
  const mistakes: ConfigMistake[] = []
  const settings = readAll(env, SETTINGS as Record<string, Setting>, mistakes)
  const siteOrigins = readOrigins(env, siteNames, mistakes)
  const own: Config['platforms'] = {}
  for (const [name, platform] of Object.entries(platforms)) {
    own[name] = readAll(env, platform.settings, mistakes)
    mistakes.push(...platform.findMistakes(own[name]))
  }
  mistakes.push(...findMissing(settings as Settings))
  settings.robotsPermission = readPermissions(settings as Settings, siteNames, mistakes)
  const warnings = findUnread(env, mistakes, Object.values(platforms))
  if (mistakes.length > 0) throw new Refusal('config.invalid', { mistakes: withoutEchoes(mistakes) })
  const isPortSet = Boolean(env.PORT?.trim())
  return { config: { ...(settings as Settings), siteOrigins, platforms: own, isPortSet }, warnings }
}

/**
 * Names that need each other: processes that share work need a database and a queue that all of them reach; a viewer's
 * token opens nothing without the administrator's, and opens everything where both are the same.
 */
function findMissing({ databaseUrl, redisUrl, role, adminToken, viewerToken }: Settings): ConfigMistake[] {
  const needs = (name: string, expected: string): ConfigMistake => ({ name, problem: 'needs', expected })
  const missing: ConfigMistake[] = []
  if (redisUrl !== null && databaseUrl === null) missing.push(needs('REDIS_URL', 'DATABASE_URL'))
  if (role !== 'all' && databaseUrl === null) missing.push(needs('ROLE', 'DATABASE_URL'))
  if (role !== 'all' && redisUrl === null) missing.push(needs('ROLE', 'REDIS_URL'))
  if (viewerToken !== null && adminToken === null) missing.push(needs('ADMIN_VIEWER_TOKEN', 'ADMIN_TOKEN'))
  if (viewerToken !== null && viewerToken === adminToken)
    missing.push({ name: 'ADMIN_VIEWER_TOKEN', problem: 'same', expected: 'ADMIN_TOKEN' })
  return missing
}

/** Shops by their names, hosts as addresses write them. A word without a dot is a host only where its port is told. */
function readPermissions({ robotsPermission }: Settings, siteNames: string[], mistakes: ConfigMistake[]): string[] {
  const read = robotsPermission.map((given) => {
    const name = given.toLowerCase()
    if (siteNames.includes(name)) return name
    return /[.:]/.test(given) || name === 'localhost' ? readHost(given) : undefined
  })
  const known = read.filter((name) => name !== undefined)
  if (known.length < read.length)
    mistakes.push({ name: SETTINGS.robotsPermission.name, problem: 'permission', expected: siteNames.join(', ') })
  return known
}

/** What is missing because it is written wrong is one mistake, not two. */
function withoutEchoes(mistakes: ConfigMistake[]): ConfigMistake[] {
  const wrong = new Set(
    mistakes.flatMap(({ name, problem, expected }) =>
      problem === 'needs' ? [] : problem === 'unknown' ? [name, expected] : [name],
    ),
  )
  const isEcho = ({ problem, expected }: ConfigMistake) =>
    problem === 'needs' && expected.split(' | ').some((name) => wrong.has(name))
  return mistakes.filter((mistake) => !isEcho(mistake))
}

const readAll = (
  env: Record<string, string | undefined>,
  settings: Record<string, Setting>,
  mistakes: ConfigMistake[],
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, read(env, setting, mistakes)]))

function read(env: Record<string, string | undefined>, setting: Setting, mistakes: ConfigMistake[]): unknown {
  const value = env[setting.name]?.trim()
  if (!value) return setting.fallback
  const result = setting.schema.safeParse(value)
  if (result.success) return result.data
  mistakes.push({ name: setting.name, problem: setting.problem, expected: setting.expected })
  return setting.fallback
}

function readOrigins(
  env: Record<string, string | undefined>,
  siteNames: string[],
  mistakes: ConfigMistake[],
): Record<string, string> {
  const origins: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    const site = SITE_ORIGIN.exec(name)?.[1]?.toLowerCase()
    if (!site || !value) continue
    const mistake = siteNames.includes(site)
      ? isOrigin(value)
        ? undefined
        : { name, problem: 'url' as const, expected: 'http://127.0.0.1:8080' }
      : {
          name,
          problem: 'site' as const,
          expected: siteNames.map((known) => `SITE_${known.toUpperCase()}_URL`).join(', '),
        }
    if (mistake) mistakes.push(mistake)
    else origins[site] = new URL(value).origin
  }
  return origins
}

const isOrigin = (value: string): boolean => SETTINGS.publicUrl.schema.safeParse(value.trim()).success

/** Names of ours that nobody reads: a misspelt one is a mistake, any other a warning. */
function findUnread(
  env: Record<string, string | undefined>,
  mistakes: ConfigMistake[],
  platforms: PlatformSettings[],
): ConfigWarning[] {
  const read: Setting[] = [...Object.values(SETTINGS), ...platforms.flatMap(({ settings }) => Object.values(settings))]
  const known = read.map((setting) => setting.name)
  const warnings: ConfigWarning[] = []
  for (const [name, value] of Object.entries(env)) {
    if (!value || known.includes(name) || SITE_ORIGIN.test(name)) continue
    const near = known.find((other) => other.length >= MISSPELLABLE && editDistance(name, other) <= 2)
    if (near) mistakes.push({ name, problem: 'unknown', expected: near })
    else if (OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) warnings.push({ name })
  }
  return warnings
}

import { PLATFORM_SETTINGS } from '../../adapters/index.ts'
import type { Setting } from '../../src/setting.ts'
import { SETTINGS } from '../../src/settings.ts'

/** The core's names, then each platform's. */
const settings: Setting[] = [
  ...Object.values(SETTINGS),
  ...Object.values(PLATFORM_SETTINGS).flatMap((platform) => Object.values(platform.settings)),
]

const defaultOf = ({ fallback, example }: Setting): string => {
  if (typeof fallback === 'boolean') return example
  if (fallback === null || (Array.isArray(fallback) && fallback.length === 0)) return 'none'
  return Array.isArray(fallback) ? fallback.join(',') : String(fallback)
}

/** Problems whose `expected` says all that may stand there; that of the others is one example. */
const IS_WHOLE = new Set<Setting['problem']>(['choice', 'number'])
/** Problems whose `expected` says how long the value may be. */
const IS_LENGTH = new Set<Setting['problem']>(['length', 'secret'])

/** The choices or the range of a name, else an example; empty where the default shows it already. */
const valuesOf = (setting: Setting): string => {
  if (IS_LENGTH.has(setting.problem)) return `${setting.expected} characters`
  if (IS_WHOLE.has(setting.problem)) return setting.expected
  return setting.expected === '' || setting.expected === setting.example ? '' : `e.g. ${setting.expected}`
}

/** What .env.example must hold: every name with its values, its default and its effect. */
export const envExample = (): string =>
  [
    '# Everything here is optional: without it the embedded default runs. Copy to .env and change what you need.',
    ...settings.map(
      (setting) =>
        `\n# ${setting.about}\n${valuesOf(setting) === '' ? '' : `# Values: ${valuesOf(setting)}\n`}# Default: ${defaultOf(setting)}\n#${setting.name}=${setting.example}`,
    ),
    '\n# Another origin for a shop (a replica, a proxy): SITE_<NAME>_URL, e.g. SITE_SSG_URL, SITE_SHINSEGAE_URL,',
    '# SITE_SAMSUNG_URL. It replaces scheme, host and port of every host of that shop; a private address also needs',
    '# CRAWL_ALLOW_ADDRESSES.',
    '# Default: none',
    '#SITE_SSG_URL=http://127.0.0.1:8080',
    '',
  ].join('\n')

/** What docs/configuration.md must hold. */
export const configurationPage = (): string =>
  [
    '# Configuration',
    '',
    'Every name is optional; with none set the embedded default runs. Names are read from the environment and from a file `.env` in the working folder. All mistakes are told at once, and the program ends with exit code 2; a name that is within two letters of a known one is a mistake too, any other unknown name under our prefixes is a warning.',
    '',
    '| name | values | default | effect |',
    '|---|---|---|---|',
    ...settings.map(
      (setting) => `| \`${setting.name}\` | ${valuesOf(setting)} | \`${defaultOf(setting)}\` | ${setting.about} |`,
    ),
    '| `SITE_<NAME>_URL` | e.g. http://127.0.0.1:8080 | `none` | Another origin for a shop (`SITE_SSG_URL` …): it replaces scheme, host and port of every host of that shop. A private address also needs `CRAWL_ALLOW_ADDRESSES`. |',
    '',
  ].join('\n')

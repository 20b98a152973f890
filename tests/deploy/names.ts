import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../../src/config.ts'
import { PLATFORM_SETTINGS } from '../../src/main.ts'
import { SETTINGS } from '../../src/settings.ts'
import { SITES } from '../support/house.ts'

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export const readText = (path: string): string => readFileSync(ROOT + path, 'utf8')

/** Every name of the environment that the program reads. */
export const KNOWN_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(SETTINGS).map(({ name }) => name),
  ...Object.values(PLATFORM_SETTINGS).flatMap(({ settings }) => Object.values(settings).map(({ name }) => name)),
])

/** The settings as a process with this environment reads them. @throws Refusal naming every mistake */
export const readSettings = (env: Record<string, string>) => loadConfig(env, SITES, PLATFORM_SETTINGS)

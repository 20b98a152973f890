import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../shared/pages', import.meta.url))

/** The folder of captured pages beside the repository, or undefined where it is absent. */
export const sharedPages: string | undefined = existsSync(folder) ? folder : undefined

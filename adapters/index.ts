import { type Console, type ConsoleOptions, createConsole } from './console/index.ts'

export type { Console, ConsoleOptions }

/** Every chat platform, one line each. */
export const PLATFORMS = {
  console: createConsole,
}

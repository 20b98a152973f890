import { createHash } from 'node:crypto'
import type { RedisLink } from './link.ts'

/** Runs a Lua script. @throws when Redis is away or silent, or the script fails */
export type Script = (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>

/** A script that is sent once, and by its hash afterwards; whole again when Redis has forgotten it. */
export function createScript(link: RedisLink, text: string): Script {
  const hash = createHash('sha1').update(text).digest('hex')
  const { commands } = link
  return (keys, args) =>
    link.answered(() =>
      commands.evalsha(hash, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        return commands.eval(text, keys.length, ...keys, ...args)
      }),
    )
}

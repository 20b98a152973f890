import { createHash } from 'node:crypto'
import { createMemory } from '../memory.ts'
import { CUSTOM_ID_MAX, REMEMBERED } from './limits.ts'

/** What stands in `custom_id`: the command itself, so that a button works after a restart. */
export interface ButtonIds {
  /** @param key of the message, by which an uncertain post is found again; only ever in messages of the outbox */
  idOf(command: string, key?: string): string
  /** The command line behind an id, or undefined when this process does not know it. */
  commandOf(id: string): string | undefined
}

const PLAIN = /^(?:c|k:[\w-]{1,25}):([\s\S]*)$/
const KEYED = /^k:([\w-]{1,25}):/

/** Commands too long for an id (a whole request in "the other mall") are kept in memory under their digest. */
export function createButtonIds(): ButtonIds {
  const long = createMemory<string>(REMEMBERED)
  return {
    idOf(command, key) {
      const id = key === undefined ? `c:${command}` : `k:${key}:${command}`
      if (id.length <= CUSTOM_ID_MAX) return id
      const digest = createHash('sha256').update(command).digest('base64url').slice(0, 22)
      long.set(digest, command)
      return `m:${digest}`
    },
    commandOf: (id) => (id.startsWith('m:') ? long.get(id.slice(2)) : PLAIN.exec(id)?.[1]),
  }
}

/** The key that a button's id carries, if any. */
export const keyOfId = (id: string): string | undefined => KEYED.exec(id)?.[1]

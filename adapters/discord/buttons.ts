import { createHash } from 'node:crypto'
import { createMemory } from '../memory.ts'
import { CUSTOM_ID_MAX, REMEMBERED } from './limits.ts'

/** What stands in `custom_id`: the command itself, so that a button works after a restart. */
export interface ButtonIds {
  /** @param key of the message, by which an uncertain post is found again; only ever in messages of the outbox */
  idOf(command: string, key?: string): string
  /**
   * The command line behind an id, or undefined when it is not known any more.
   * @param seen what the buttons stand for that the person saw last; asked where another process made the id
   */
  commandOf(id: string, seen: () => Promise<readonly string[]>): Promise<string | undefined>
}

const PLAIN = /^(?:c|k:[\w-]{1,25}):([\s\S]*)$/
const KEYED = /^k:([\w-]{1,25}):/
const LONG = /^m:([\w-]+)$/

/**
 * Commands too long for an id (a long line whose misspelt word was put right) stand there as their digest: this process
 * remembers them, and every process finds those that the person saw last in the database.
 */
export function createButtonIds(): ButtonIds {
  const long = createMemory<string>(REMEMBERED)
  return {
    idOf(command, key) {
      const id = key === undefined ? `c:${command}` : `k:${key}:${command}`
      if (id.length <= CUSTOM_ID_MAX) return id
      const digest = digestOf(command)
      long.set(digest, command)
      return `m:${digest}`
    },
    async commandOf(id, seen) {
      const digest = LONG.exec(id)?.[1]
      if (digest === undefined) return PLAIN.exec(id)?.[1]
      return long.get(digest) ?? (await seen()).find((command) => digestOf(command) === digest)
    },
  }
}

const digestOf = (command: string): string => createHash('sha256').update(command).digest('base64url').slice(0, 22)

/** The key that a button's id carries, if any. */
export const keyOfId = (id: string): string | undefined => KEYED.exec(id)?.[1]

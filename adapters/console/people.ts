import type { Place } from '../../src/jobs/job.ts'
import { visible } from './escape.ts'
import { columnsOf, padTo } from './width.ts'

/** The console's account (design: `console:local`), until `/as` names another. */
export const LOCAL = 'local'

/** Who speaks and whose words are shown. */
export interface People {
  /** The one who types now. */
  speaker(): string
  become(name: string): void
  /** What stands before a person's lines: nothing while there is one person alone, else the name, aligned. */
  prefixOf(name: string): string
}

export function createPeople(first: string): People {
  const names = new Set([first])
  let speaker = first
  return {
    speaker: () => speaker,
    become(name) {
      speaker = name
      names.add(name)
    },
    prefixOf(name) {
      names.add(name)
      if (names.size < 2) return ''
      const widest = Math.max(...[...names].map((it) => columnsOf(visible(it))))
      return `${padTo(visible(name), widest)} | `
    },
  }
}

/** A person's place: the console is a direct message with each of them. */
export const placeOf = (externalId: string): Place => ({
  platform: 'console',
  workspace: '',
  channel: externalId,
  thread: null,
  isDirect: true,
})

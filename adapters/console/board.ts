import type { Message } from '../../src/chat/message.ts'
import type { Thread } from '../../src/jobs/job.ts'

/** What was written already, and whose jobs still run. */
export interface Board {
  /** Whether nothing was written under this key; a repeated send is not written twice. */
  isNew(key: string): boolean
  /** A root, or progress that may still be cancelled: the thread's job runs. */
  begin(thread: Thread, progress?: Message): void
  end(thread: Thread): void
  /** A person's jobs are gone: their threads end without a word. */
  forget(name: string): void
  /** Whether a job of this person runs; without a name: of anybody. */
  isBusy(name?: string): boolean
}

/** A board in memory: a terminal shows nothing of an earlier process either. */
export function createBoard(): Board {
  const written = new Set<string>()
  const open = new Map<string, string>()
  return {
    isNew(key) {
      if (written.has(key)) return false
      written.add(key)
      return true
    },
    begin(thread, progress) {
      if (!progress || progress.buttons?.length) open.set(thread.root, thread.channel)
    },
    end: (thread) => void open.delete(thread.root),
    forget(name) {
      for (const [root, channel] of open) if (channel === name) open.delete(root)
    },
    isBusy: (name) => (name === undefined ? open.size > 0 : [...open.values()].includes(name)),
  }
}

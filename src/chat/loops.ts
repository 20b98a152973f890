import type { Bell } from './bell.ts'

/** Work that goes on beside everything else until it is stopped. */
export interface Loop {
  start(): void
  /** Something may be due: a loop that rests looks now. */
  nudge(): void
  /** Begins nothing new; resolves when what is in flight has ended. */
  stop(): Promise<void>
}

/** What one loop does. */
export interface LoopWork {
  /** Ends its rest. */
  bell: Bell
  /** Before the first turn. Must not throw. */
  begin?(): Promise<void>
  /** One look, what it finds, and the rest after it. Must not throw. */
  turn(isStopping: () => boolean): Promise<void>
  /** Whether there is nothing more to do here, stopped or not. */
  isOver(): boolean
  /** Resolves when what is in flight has ended. */
  end(): Promise<unknown>
}

/** A loop over that work. */
export function createLoop({ bell, begin, turn, isOver, end }: LoopWork): Loop {
  let isStopping = false
  let running: Promise<void> = Promise.resolve()
  return {
    start() {
      running = (async () => {
        await begin?.()
        while (!isStopping && !isOver()) await turn(() => isStopping)
        await end()
      })()
    },
    nudge: () => bell.ring(),
    async stop() {
      isStopping = true
      bell.ring()
      await running
    },
  }
}

/** Several loops as one: one a platform, so that one that hangs holds up no other. */
export const loopsAsOne = (loops: Loop[]): Loop => ({
  start: () => {
    for (const loop of loops) loop.start()
  },
  nudge: () => {
    for (const loop of loops) loop.nudge()
  },
  stop: async () => {
    await Promise.all(loops.map((loop) => loop.stop()))
  },
})

import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('children/store.mjs', import.meta.url))

/** Another process on a DATA_DIR; tests/support/children/store.mjs has its acts. */
export interface StoreChild {
  process: ChildProcess
  /** @throws what the act threw (`code` and `facts` of a Refusal kept), or Error('gone') when the process died first */
  ask<T = unknown>(act: string, facts?: unknown): Promise<T>
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>
}

type Answer = { result: unknown } | { error: { message: string } }

/** @param killAt dies right before this statement (from the checkpoint on, or from the start with `killArmed`) */
export function forkStore(
  dataDir: string,
  options: { killAt?: number; isArmed?: boolean; fork?: ForkOptions } = {},
): StoreChild {
  const env = { ...process.env, KILL_AT: String(options.killAt ?? 0), KILL_ARMED: options.isArmed ? '1' : '0' }
  const child = fork(SCRIPT, [dataDir], { execArgv: [], env, ...options.fork })
  const died = once(child, 'exit')
  const ask = async <T>(act: string, facts?: unknown): Promise<T> => {
    const answered = once(child, 'message') as Promise<[Answer]>
    child.send({ act, facts: facts ?? {} }, () => undefined)
    const first = await Promise.race([answered.then(([answer]) => answer), died.then(() => undefined)])
    if (!first) throw new Error('gone')
    if ('error' in first) throw Object.assign(new Error(first.error.message), first.error)
    return first.result as T
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await died
  }
  return { process: child, ask, kill }
}

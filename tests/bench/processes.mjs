import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Starts the shop. @returns what sets it up (makes pages before they are asked for) and what ends it */
export async function startShop() {
  const child = fork(pathOf('./shop.mjs'))
  const { origin } = await answer(child)
  return {
    origin,
    pid: child.pid,
    async set(changes) {
      child.send(changes)
      await answer(child)
    },
    stop: () => child.kill(),
  }
}

/**
 * Runs one workload by one contestant in a new process.
 * @returns what it took: seconds, CPU seconds (all threads), RSS, delay of the event loop, products and their checksum
 */
export async function runContestant(name, shop, { load, warmUp, env = {} }) {
  const pathsOf = ({ asks, beside = [] }) => [...asks, ...beside].flatMap(({ paths }) => paths)
  const child = fork(pathOf('./contestant.mjs'), [name], { execArgv: execArgvOf(name) })
  try {
    await shop.set({ latencyMs: 0, ...warmUp.shop, prepare: pathsOf(warmUp) })
    child.send({ origin: shop.origin, load, warmUp, env })
    await answer(child)
    await shop.set({ latencyMs: load.latencyMs ?? 0, ...load.shop, prepare: pathsOf(load) })
    child.send({ isGo: true })
    const measured = await answer(child)
    if (child.exitCode === null) await once(child, 'exit')
    return measured
  } finally {
    child.kill()
  }
}

/** BENCH_PROFILE=shopcrawl writes that contestant's CPU profiles (all threads) into the working folder. */
const execArgvOf = (name) => (process.env.BENCH_PROFILE === name ? ['--cpu-prof', '--cpu-prof-dir=bench-profiles'] : [])

/** A contestant that says nothing for so long hangs: the longest workload takes a fifth of it on a busy machine. */
const HANG_MS = 5 * 60_000

/** The next message of a child process. @throws where it ends, or says nothing for too long */
export async function answer(child, hangMs = HANG_MS) {
  const ended = new AbortController()
  const hang = setTimeout(() => child.kill('SIGKILL'), hangMs)
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code ?? signal}`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), exit])
    return message
  } finally {
    clearTimeout(hang)
    exit.catch(() => {})
    ended.abort()
  }
}

import { readFileSync } from 'node:fs'

/** Linux counts CPU time for programs in hundredths of a second (USER_HZ). */
const TICKS = 100
/** Every process is looked at so often, in ms: one that ended in between has lost at most so much. */
const LOOK_MS = 500

/**
 * CPU time and memory of processes, from /proc, by kind.
 * @param list tells the processes there are now: `[{ pid, kind }]`
 */
export function createMeter(list) {
  const seen = new Map()
  let looking = Promise.resolve()
  const look = () => {
    looking = looking.then(async () => {
      for (const { pid, kind } of await list()) note(seen, pid, kind)
    })
    return looking
  }
  const timer = setInterval(() => look().catch(() => undefined), LOOK_MS)
  return {
    /** CPU seconds so far by kind, and by `kind main` of the main threads; processes that have ended count with what they had. */
    async cpu() {
      await look()
      const sums = {}
      const add = (name, seconds) => {
        sums[name] = (sums[name] ?? 0) + seconds
      }
      for (const { kind, seconds, mainSeconds } of seen.values()) {
        add(kind, seconds)
        add(`${kind} main`, mainSeconds)
      }
      return sums
    },
    /** The highest RSS of each process of a kind, MB. */
    rssMb: (kind) => [...seen.values()].filter((one) => one.kind === kind).map(({ peakMb }) => peakMb),
    async stop() {
      clearInterval(timer)
      await looking.catch(() => undefined)
    },
  }
}

function note(seen, pid, kind) {
  const [seconds, mainSeconds] = [cpuSecondsOf(pid, 'stat'), cpuSecondsOf(pid, `task/${pid}/stat`)]
  if (seconds === undefined || mainSeconds === undefined) return
  const peakMb = Math.max(seen.get(pid)?.peakMb ?? 0, rssMbOf(pid))
  seen.set(pid, { kind, seconds, mainSeconds, peakMb })
}

function cpuSecondsOf(pid, file) {
  const text = readProc(pid, file)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ') // a name may hold blanks
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

const rssMbOf = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(pid, 'status') ?? '')?.[1] ?? 0) / 1_024

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined // it has ended
  }
}

/** Whether a process of PostgreSQL with that id is of this machine. */
export const isPostgresHere = (pid) => readProc(pid, 'comm')?.trim() === 'postgres'

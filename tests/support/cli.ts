import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))

/** A process that has not done its part within this hangs. Real milliseconds. */
const HANGING_MS = 150_000

/** Resolves once the condition holds. Looks seldom, so that processes that are waited for get the processor. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  what: string,
  ms = HANGING_MS,
): Promise<void> {
  const deadline = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Where and how the compiled program runs. */
export interface CliOptions {
  /** Settings; nothing of the test's own environment is handed on but PATH. */
  env: NodeJS.Dict<string>
  /** Files without --out are written here. */
  cwd?: string
  /** Another user of the machine, for what a permission refuses. */
  uid?: number
  /** What is typed; undefined: standard input is closed at once. */
  input?: string
  /** Options of Node itself. */
  node?: string[]
  /** Another copy of the compiled program. */
  program?: string
}

/** How a run of the program ended. */
export interface CliEnd {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** The program in a process of its own. */
export interface CliRun {
  process: ChildProcess
  stdout(): string
  stderr(): string
  ended: Promise<CliEnd>
  hasEnded(): boolean
  /**
   * Resolves once standard error holds the text. @throws Error with all that was written, when it ends before
   * @param ms for who starts many processes at once: one that has not told it within this hangs
   */
  tells(text: string, ms?: number): Promise<void>
  /** SIGKILL, unless it has ended; resolves when it is dead. */
  kill(): Promise<void>
}

/** Starts `shopcrawl …args`. */
export function startCli(args: string[], options: CliOptions): CliRun {
  const { env, cwd, uid, input, node = [], program = CLI } = options
  const child = spawn(process.execPath, [...node, program, ...args], {
    env: { PATH: process.env.PATH, LANG: 'ko_KR.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid: uid }),
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  child.stdin.on('error', () => undefined) // the program ended before it read
  child.stdin.end(input)
  let end: CliEnd | undefined
  const ended = once(child, 'close').then(([code, signal]): CliEnd => (end = { code, signal, ...written }))
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended,
    hasEnded: () => end !== undefined,
    async tells(text, ms) {
      await waitFor(() => written.stderr.includes(text) || end !== undefined, `"${text}" on standard error`, ms)
      if (!written.stderr.includes(text)) throw new Error(`ended without "${text}": ${JSON.stringify(end)}`)
    },
    async kill() {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs `shopcrawl …args` to its end. */
export const runCli = (args: string[], options: CliOptions): Promise<CliEnd> => startCli(args, options).ended

/** Settings for a shop of the test's own, asked as fast as it answers. */
export const settingsFor = (
  dataDir: string,
  shop: { origin: string; address: string },
  more: NodeJS.Dict<string> = {},
): NodeJS.Dict<string> => ({
  DATA_DIR: dataDir,
  SITE_SSG_URL: shop.origin,
  CRAWL_ALLOW_ADDRESSES: shop.address,
  CRAWL_RATE: '10000',
  CRAWL_CONCURRENCY: '8',
  PORT: '0',
  ...more,
})

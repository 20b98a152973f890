import { runCommandLine } from '../../src/cli/command-line.ts'
import type { CliEnd, CliOptions } from './cli.ts'

/**
 * Runs `shopcrawl …args` within this process, at a small part of what a process of its own costs. For commands that end
 * by themselves; log lines are not heard, as they go past the streams of Node.
 */
export async function callCli(
  args: string[],
  { env, cwd = process.cwd() }: Pick<CliOptions, 'env' | 'cwd'>,
): Promise<Omit<CliEnd, 'signal'>> {
  const before = { env: process.env, cwd: process.cwd() }
  const [stdout, stderr] = [hear(process.stdout), hear(process.stderr)]
  process.env = { PATH: before.env.PATH, LANG: 'ko_KR.UTF-8', ...env }
  process.chdir(cwd)
  try {
    const code = await runCommandLine([process.execPath, 'shopcrawl', ...args])
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.env = before.env
    process.chdir(before.cwd)
    stdout.end()
    stderr.end()
  }
}

/** Takes what is written to a stream, in its place. */
function hear(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const { write } = stream
  let heard = ''
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    heard += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  }
  return {
    text: () => heard,
    end: () => {
      stream.write = write
    },
  }
}

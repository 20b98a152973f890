#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts'
import { FAILED } from './cli/exit-codes.ts'
import { spokenLocale } from './cli/program.ts'
import { say } from './messages/say.ts'

/**
 * Whoever reads the lines may go away (`| head`, a closed window), and the disk that they go to may be full: that is no
 * reason to lose a crawl. Results that were lost so are told at the end.
 */
function outliveReaders(): void {
  let lost: string | undefined
  process.stderr.on('error', () => undefined) // nobody is left to be told
  process.stdout.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost ??= code
  })
  process.once('exit', (code) => {
    if (lost === undefined) return
    process.stderr.write(`${say(spokenLocale(process.env), 'cli.output_lost', { cause: lost })}\n`)
    if (code === 0) process.exitCode = FAILED
  })
}

outliveReaders()
process.exitCode = await runCommandLine(process.argv)

#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts'

/** Whoever reads the lines may go away (`| head`, a closed window): that is no reason to lose a crawl. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

outliveReaders()
process.exitCode = await runCommandLine(process.argv)

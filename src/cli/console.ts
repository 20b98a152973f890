import { build, createTerminal } from '../main.ts'
import { workingFolder } from './crawl-request.ts'
import { DONE } from './exit-codes.ts'
import { type Succession, succeed } from './ownership.ts'
import type { Program } from './program.ts'
import { isQueueAway } from './queue-away.ts'
import { listenForEnd } from './signals.ts'

/**
 * `shopcrawl console`: the chat in the terminal. Beside a running service it only talks; alone, or once that one has gone, it crawls
 * too.
 */
export async function talk(program: Program): Promise<number> {
  const { config, telemetry, locale, say, tell } = program
  const terminal = createTerminal({
    ...{ input: process.stdin, output: process.stdout, locale, say },
    saveIn: workingFolder(),
  })
  const house = await build(config, { telemetry, platforms: [terminal] })
  const end = listenForEnd()
  let succession: Succession | undefined
  try {
    if (house.isShared) {
      // workers crawl
      if (await isQueueAway(house, end.signal)) tell(say(locale, 'cli.queue_away'))
    } else if (await house.takeOwnership({ kind: 'service', waitMs: 0 })) await house.startRunner()
    else succession = succeed(house, 'service', () => house.startRunner())
    house.startChat()
    await terminal.run(house.dispatch, end.signal)
  } finally {
    await succession?.stop()
    await house.stop()
    end.release()
  }
  return DONE
}

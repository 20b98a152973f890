import type { Line } from '../chat/message.ts'
import { type Asking, type Command, command } from './command.ts'
import { crawlOptions } from './crawl.ts'
import { shopsByPermission } from './sites.ts'
import { commandsFor } from './stats.ts'
import { answer, buttons, tell } from './told.ts'
import { explain, usageOf } from './usage.ts'

/** Examples that help shows and offers as buttons. */
const EXAMPLES = 2

/** `help`: examples that work, the commands, the options. Led by a shop that robots.txt allows. */
export const help = command({
  name: 'help',
  names: ['도움말', '도움', '사용법', '?'],
  help: 'help.help',
  options: {},
  examples: ['help'],
  run: async (asking) => {
    const shops = await shopsByPermission(asking)
    const open = shops.filter(({ isAllowed }) => isAllowed !== false)
    const examples = open.map(({ site }) => site.example).slice(0, EXAMPLES)
    return answer(
      [
        tell(asking, 'help.title'),
        tell(asking, 'help.rule'),
        ...(examples.length > 0 ? [{ bold: tell(asking, 'help.examples') }] : []),
        ...examples.map((line): Line => [{ code: line }]),
        tell(asking, 'reply.site_web'),
        { bold: tell(asking, 'help.commands') },
        ...commandsFor(asking).map((one) => commandLine(asking, one)),
        { bold: tell(asking, 'help.options') },
        ...optionLines(asking),
      ],
      [...examples.map((line) => buttons.line(asking, line)), buttons.plain(asking, 'sites')],
    )
  },
})

const commandLine = (asking: Asking, one: Command): Line => [
  { code: usageOf(one, asking.desk.say, asking.asker.locale) },
  ` ${tell(asking, one.help)} (${one.names[0]})`,
]

/** The options of a crawl, each explained. */
const optionLines = ({ desk, asker }: Asking): Line[] =>
  Object.entries(crawlOptions)
    .filter(([, option]) => option.form === 'named')
    .map(([name, option]) => [
      { code: `--${name}` },
      ` ${explain(option, desk.say, asker.locale, desk.options.maxProducts)}`,
    ])

import { type Command, type CommanderError, Help } from 'commander'
import type { Locale } from '../messages/locale.ts'
import { say } from '../messages/say.ts'

/** commander's own words for the parts of a usage line. */
const PARTS = /\[(options|command)\]/g

/** Letters that take two columns in a terminal. */
const WIDE = /[\p{Script=Hangul}]/gu

const TITLES = {
  'Usage:': 'usage.title',
  'Arguments:': 'usage.arguments',
  'Options:': 'usage.options',
  'Commands:': 'usage.commands',
} as const

/** Lets commander speak the person's language in its help; what it refuses is told by sayMisuse(). */
export function speakUsage(program: Command, locale: Locale): Command {
  const plain = new Help()
  const translate = (line: string): string =>
    line.replace(PARTS, (_part, word) => `[${say(locale, word === 'options' ? 'usage.option' : 'usage.command')}]`)
  return program
    .configureHelp({
      displayWidth: (text) => text.length + (text.match(WIDE)?.length ?? 0),
      styleTitle: (title) => (Object.hasOwn(TITLES, title) ? say(locale, TITLES[title as keyof typeof TITLES]) : title),
      commandUsage: (command) => translate(plain.commandUsage(command)),
      subcommandTerm: (command) => translate(plain.subcommandTerm(command)),
    })
    .configureOutput({ outputError: () => undefined })
    .helpOption('-h, --help', say(locale, 'usage.help'))
    .helpCommand(`help [${say(locale, 'usage.command')}]`, say(locale, 'usage.help_command'))
}

/** The sentence of what commander refused. It tells names and suggestions in its English message alone. */
export function sayMisuse(error: CommanderError, locale: Locale): string {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const suggestion = /Did you mean (?:one of )?([^?,]+)/.exec(error.message)?.[1] ?? null
  if (error.code === 'commander.unknownCommand') return say(locale, 'cli.unknown_command', { word: named, suggestion })
  if (error.code === 'commander.unknownOption') return say(locale, 'cli.unknown_option', { option: named, suggestion })
  if (error.code === 'commander.missingArgument') return say(locale, 'cli.argument_missing', { name: named })
  if (error.code === 'commander.missingMandatoryOptionValue')
    return say(locale, 'cli.option_missing', { option: optionIn(named) })
  if (error.code === 'commander.excessArguments') return say(locale, 'cli.argument_unexpected')
  if (error.code !== 'commander.optionMissingArgument') return say(locale, 'cli.see_help')
  return say(locale, 'args.value_missing', { option: optionIn(named) })
}

/** The name alone of `--limit <count>`. */
const optionIn = (usage: string): string => /--[\w-]+/.exec(usage)?.[0] ?? usage

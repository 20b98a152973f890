import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import { FORMATS } from '../results/format.ts'
import type { Command } from './command.ts'
import { CRAWL } from './command-words.ts'
import { STANDARD_LIMIT } from './limits.ts'
import type { Option } from './options.ts'

/** How a command is written, for help and a platform's hint: `<쇼핑몰> [검색어…] [--limit 개수]`. */
export function usageOf(command: Command, say: Say, locale: Locale): string {
  const head = command.name === CRAWL ? [] : [command.name]
  const target = 'site' in command.options && 'url' in command.options
  const parts = Object.entries(command.options)
    .filter(([, option]) => !(target && option.kind === 'url'))
    .map(([name, option]) => part(name, option, target && option.kind === 'site', say, locale))
  return [...head, ...parts].join(' ')
}

function part(name: string, option: Option, isTarget: boolean, say: Say, locale: Locale): string {
  const word = say(locale, option.placeholder)
  if (isTarget) return `<${word}|${say(locale, 'placeholder.url')}>`
  if (option.kind === 'flag') return `[--${name}]`
  const value = option.choices?.join('|') ?? word
  if (option.form === 'named') return `[--${name} ${value}]`
  if (option.form === 'rest') return `[${value}…]`
  return option.isRequired ? `<${value}>` : `[${value}]`
}

/** What an option is, for help and a platform's registration. */
export function explain(option: Option, say: Say, locale: Locale, maxProducts: number): string {
  if (option.help === 'help.format') return say(locale, option.help, { formats: FORMATS.join(', ') })
  if (option.help !== 'help.limit') return say(locale, option.help)
  return say(locale, option.help, { standard: Math.min(STANDARD_LIMIT, maxProducts), max: maxProducts })
}

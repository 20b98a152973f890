import { Refusal } from '../errors.ts'
import { keysOf } from '../sites/keyboard.ts'
import { isAddress, isBareAddress } from './address.ts'
import type { Command, Options } from './command.ts'
import { commandOf, isCrawlWord } from './command-words.ts'
import type { Option, Reading } from './options.ts'
import { type Line, readableText, type Token, tokenize } from './typed-text.ts'

/** A line understood. */
export interface Parsed {
  command: Command
  /** One value for each of the command's options. */
  values: Record<string, unknown>
}

/** Typed options of a platform that has them, by option name. */
export type TypedOptions = Record<string, string | number | boolean>

/** `100개` among the words is the limit, unless one was given behind its name. */
const COUNTED = /^\d[\d,]*(?:개|건)$/
/** One to three dashes as keyboards and chat programs type them, a name, perhaps a value. */
const NAMED = /^([-\u2010-\u2015\u2212]{1,3})(\p{L}[\p{L}\p{N}-]*)(?:=(.*))?$/u

/**
 * Understands a line of chat: the words after `/crawl`, a button's command, or plain words in a direct message.
 * @param typed options that the platform has typed already; they win over the text
 * @throws Refusal of a `command.…`, `site.…`, `args.…` or `url.…` code, and nothing else
 */
export function parse(text: string, commands: readonly Command[], reading: Reading, typed: TypedOptions = {}): Parsed {
  const line = withoutPrefix(tokenize(readableText(text)))
  const isTyped = typed.site !== undefined || typed.url !== undefined
  const { command, tokens } = commandOf(line, commands, reading, isTyped)
  const { values, bare } = readNamed(command, tokens, reading)
  readTyped(command, typed, values, reading)
  readBare(command, bare, line.rest, values, reading)
  for (const [name, option] of Object.entries(command.options)) {
    if (name in values) continue
    if (option.isRequired) throw new Refusal('args.value_missing', { option: command.name })
    values[name] = option.absent(reading)
  }
  checkTarget(command, values)
  return { command, values }
}

/** Drops a `/crawl` or `crawl` that was typed although it is not needed. */
function withoutPrefix(line: Line): Line {
  const [first] = line.tokens
  return first && !first.isQuoted && isCrawlWord(first.text) ? { ...line, tokens: line.tokens.slice(1) } : line
}

/** Takes the named options out of the tokens. */
function readNamed(
  command: Command,
  tokens: Token[],
  reading: Reading,
): { values: Record<string, unknown>; bare: Token[] } {
  const values: Record<string, unknown> = {}
  const bare: Token[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!
    const named = token.isQuoted ? undefined : namedOption(command, token.text)
    if (!named) {
      bare.push(token)
      continue
    }
    const { name, option, typed, inline } = named
    if (option.kind === 'flag') {
      values[name] = inline === undefined ? true : option.read(inline, reading)
      continue
    }
    const given = inline ?? valueBehind(tokens[at + 1])
    if (given === undefined || given === '') throw new Refusal('args.value_missing', { option: typed })
    if (inline === undefined) at += 1
    values[name] = option.read(given, reading)
  }
  return { values, bare }
}

/** The next token as an option's value; not one that is an option itself. `-1` is a value, though a wrong one. */
const valueBehind = (token: Token | undefined): string | undefined =>
  token && (token.isQuoted || !/^--\p{L}/u.test(token.text)) ? token.text : undefined

interface Named {
  name: string
  option: Option
  /** As sentences show it. */
  typed: string
  inline: string | undefined
}

/**
 * The option that a token names, by any of its names or their keys on the other layout. Two plain dashes are always
 * meant as an option; other dashes only before a name that the command has.
 * @throws Refusal `args.option_unknown`
 */
function namedOption(command: Command, text: string): Named | undefined {
  const parts = NAMED.exec(text)
  if (!parts) return undefined
  const [, dashes = '', word = '', value] = parts
  const keys = keysOf(word)
  const found = namedOptions(command.options).find(([name, option]) =>
    [name, ...option.aliases].some((known) => keysOf(known) === keys),
  )
  if (found) return { name: found[0], option: found[1], typed: `--${found[0]}`, inline: unquoted(value) }
  if (dashes !== '--') return undefined
  const known = namedOptions(command.options).map(([name]) => `--${name}`)
  throw new Refusal('args.option_unknown', { option: `--${word}`, known: known.join(', ') })
}

const namedOptions = (options: Options): [string, Option][] =>
  Object.entries(options).filter(([, option]) => option.form === 'named')

const unquoted = (value: string | undefined): string | undefined => value?.replace(/^["“”'‘’](.*)["“”'‘’]$/, '$1')

function readTyped(command: Command, typed: TypedOptions, values: Record<string, unknown>, reading: Reading): void {
  for (const [name, value] of Object.entries(typed)) {
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
    if (!option) {
      const known = Object.keys(command.options).map((one) => `--${one}`)
      throw new Refusal('args.option_unknown', { option: `--${name}`, known: known.join(', ') })
    }
    const given = readableText(String(value))
    if (given !== '') values[name] = option.read(given, reading)
  }
}

/** Reads the bare tokens into the options that take them, in the command's order. */
function readBare(
  command: Command,
  bare: Token[],
  rest: string,
  values: Record<string, unknown>,
  reading: Reading,
): void {
  let left = takeAddress(command, takeCount(command, bare, values, reading), values, reading)
  for (const [name, option] of Object.entries(command.options)) {
    if (name in values || option.form === 'named') continue
    if (option.kind === 'url' || (option.kind === 'site' && values.url !== undefined)) continue
    if (option.form === 'rest') {
      const text = [...left.map((token) => token.text), rest].filter((part) => part !== '').join(' ')
      if (values.url !== undefined || text === '') continue // words beside an address are refused below
      values[name] = option.read(text.replace(/\s+/g, ' '), reading)
      left = []
      rest = ''
    } else if (left[0] && (option.fits?.(left[0].text) ?? true)) {
      values[name] = option.read(left[0].text, reading)
      left = left.slice(1)
    }
  }
  const word = left[0]?.text ?? rest
  if (word !== '') throw new Refusal('args.unexpected', { word, command: command.name })
}

function takeCount(command: Command, bare: Token[], values: Record<string, unknown>, reading: Reading): Token[] {
  const option = command.options.limit
  if (!option || 'limit' in values) return bare
  const at = bare.findLastIndex((token) => !token.isQuoted && COUNTED.test(token.text))
  if (at < 0) return bare
  values.limit = option.read(bare[at]!.text, reading)
  return bare.toSpliced(at, 1)
}

/** An address in the place of the shop or right behind it. The shop before it is dropped: the address says it. */
function takeAddress(command: Command, bare: Token[], values: Record<string, unknown>, reading: Reading): Token[] {
  const option = command.options.url
  if (!option || 'url' in values) return bare
  const place = Object.values(command.options).findIndex((one) => one.kind === 'site')
  const at = [place, place + 1].find((index) => bare[index] && isTarget(bare[index]!, index === place, reading))
  if (at === undefined) return bare
  values.url = option.read(bare[at]!.text, reading)
  return bare.toSpliced(place, at - place + 1)
}

/** Behind a shop only a full address counts: a word like `t.shirt` is a word. */
const isTarget = ({ text }: Token, isFirst: boolean, { sites }: Reading): boolean =>
  isAddress(text) || (isFirst && isBareAddress(text) && sites.resolve(text) === undefined)

/** A command that crawls has a shop or an address; `web` reads addresses alone. */
function checkTarget(command: Command, values: Record<string, unknown>): void {
  if (!('site' in command.options)) return
  const choice = values.site as { name: string } | null
  if (choice === null && values.url === null) throw new Refusal('args.site_missing', {})
  if (choice?.name === 'web' && values.url === null) throw new Refusal('args.url_missing', { site: 'web' })
}

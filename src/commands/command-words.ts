import { editDistance } from '../edit-distance.ts'
import { Refusal } from '../errors.ts'
import { keysOf } from '../sites/keyboard.ts'
import { isAddress, isBareAddress } from './address.ts'
import type { Command } from './command.ts'
import type { Reading } from './options.ts'
import type { Line, Token } from './typed-text.ts'

/** The command that a line without a command's name means: its first word is a shop or an address. */
export const CRAWL = 'crawl'
const HELP = 'help'
/** Two letters off in a short word is another word. */
const SHORT_WORD = 3

/** Whether a word is the slash command itself, typed where it is not needed. */
export const isCrawlWord = (word: string): boolean => /^\/?(?:crawl|크롤|크롤링)$/i.test(word)

/**
 * Which command a line means, and the tokens that are left for it.
 * @throws Refusal `command.unknown`, `site.unknown`
 */
export function commandOf(
  line: Line,
  commands: readonly Command[],
  reading: Reading,
  isTyped: boolean,
): { command: Command; tokens: Token[] } {
  const named = (name: string) => commands.find((command) => command.name === name)!
  const [head] = line.tokens
  if (!head) return { command: named(isTyped || line.rest !== '' ? CRAWL : HELP), tokens: [] }
  const crawl = { command: named(CRAWL), tokens: line.tokens }
  if (head.isQuoted || isTyped || /^[-\u2010-\u2015\u2212]/.test(head.text) || isAddress(head.text)) return crawl
  const word = head.text.toLowerCase()
  const behind = line.tokens.slice(1)
  const exact = commands.find((command) => wordsOf(command).includes(word))
  if (exact) return { command: exact, tokens: behind }
  if (reading.sites.resolve(head.text)) return crawl
  const keys = keysOf(word)
  const otherLayout = commands.find((command) => wordsOf(command).some((known) => keysOf(known) === keys))
  if (otherLayout) return { command: otherLayout, tokens: behind }
  if (isBareAddress(head.text)) return crawl
  refuseMisspelt(head.text, commands, reading)
  return crawl
}

const wordsOf = (command: Command): string[] => [command.name, ...command.names]

/** A word nearer to a command than to any shop is a misspelt command; every other is taken for a shop. */
function refuseMisspelt(word: string, commands: readonly Command[], reading: Reading): void {
  if (reading.sites.nearest(word) !== null) return
  const keys = keysOf(word.normalize('NFC'))
  const near = commands
    .filter((command) => !command.isInternal)
    .flatMap((command) =>
      wordsOf(command).map((known) => ({
        name: command.name,
        far: editDistance(keys, keysOf(known)),
        allowed: keysOf(known).length <= SHORT_WORD ? 1 : 2,
      })),
    )
    .filter(({ far, allowed }) => far <= allowed)
    .sort((a, b) => a.far - b.far)[0]
  if (near) throw new Refusal('command.unknown', { word, suggestion: near.name })
}

import { readableText } from '../../src/commands/typed-text.ts'

/** What a typed line means. */
export type Typed =
  | { kind: 'nothing' }
  | { kind: 'quit' }
  | { kind: 'as'; name: string }
  | { kind: 'press'; given: string }
  | { kind: 'command'; text: string }

/** Longest name of a person, in characters. */
const NAME_MAX = 40

const PRESS = /^(?:press|누르기|버튼|선택)\s+\[?(\S+?)\]?$/i
const NUMBER = /^\[?(\d{1,6})\]?$/
const CRAWL = /^\/crawl(?:\s+|$)/i

/** Joiners that join no emoji: two names that look the same are the same. */
const IDLE_JOINER = /(?<!\p{Extended_Pictographic}|\ufe0f)(?:\u200c|\u200d)|(?:\u200c|\u200d)$/gu

/** A name as it is seen: nothing invisible in it; empty when nothing of it shows. */
const readName = (given: string): string =>
  [...readableText(given.slice(0, NAME_MAX * 4)).replace(IDLE_JOINER, '')].slice(0, NAME_MAX).join('').trim()

/** Reads a line: `/quit` or `exit`, `/as NAME`, `press N` (or the number alone), else a command, with or without `/crawl`. */
export function readTyped(line: string): Typed {
  const text = line.normalize('NFC').trim()
  if (text === '') return { kind: 'nothing' }
  if (/^\/?(?:quit|exit|종료)$/i.test(text)) return { kind: 'quit' }
  const as = /^\/as(?:\s+(.*))?$/i.exec(text)
  if (as) return { kind: 'as', name: readName(as[1] ?? '') }
  const pressed = PRESS.exec(text) ?? NUMBER.exec(text)
  if (pressed) return { kind: 'press', given: pressed[1]! }
  return { kind: 'command', text: text.replace(CRAWL, '') }
}

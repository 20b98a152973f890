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

/** Reads a line: `/quit`, `/as NAME`, `press N` (or the number alone), else a command, with or without `/crawl`. */
export function readTyped(line: string): Typed {
  const text = line.normalize('NFC').trim()
  if (text === '') return { kind: 'nothing' }
  if (/^\/(?:quit|exit)$/i.test(text)) return { kind: 'quit' }
  const as = /^\/as(?:\s+(.*))?$/i.exec(text)
  if (as) return { kind: 'as', name: [...(as[1] ?? '').trim()].slice(0, NAME_MAX).join('') }
  const pressed = PRESS.exec(text) ?? NUMBER.exec(text)
  if (pressed) return { kind: 'press', given: pressed[1]! }
  return { kind: 'command', text: text.replace(CRAWL, '') }
}

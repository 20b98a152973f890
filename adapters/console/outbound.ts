import type { Button, Line, Message, Span } from '../../src/chat/message.ts'
import { visible } from './escape.ts'

/** How a message becomes text. */
export interface Drawing {
  /** Bold and dim by escapes; only on a terminal. */
  isColoured: boolean
  /** The number that a button is pressed by. */
  numberOf(button: Button): number
}

/** Cells of a progress bar. ASCII, as block characters take one or two columns depending on the terminal. */
const BAR_CELLS = 24

const bold = (text: string, { isColoured }: Drawing): string => (isColoured ? `\x1b[1m${text}\x1b[22m` : text)
const dim = (text: string, { isColoured }: Drawing): string => (isColoured ? `\x1b[2m${text}\x1b[22m` : text)

/** A message as lines of a terminal; nothing in its texts is obeyed by it. */
export function linesOf(message: Message, drawing: Drawing): string[] {
  const lines = message.lines.map((line) => lineOf(line, drawing))
  if (message.bar) lines.push(barOf(message.bar))
  if (message.who && lines.length > 0) lines[0] = `${bold(visible(message.who.name), drawing)}: ${lines[0]}`
  if (message.mention && lines.length > 0) lines[0] = `@${visible(message.mention.externalId)} ${lines[0]}`
  if (message.buttons?.length) lines.push(buttonsOf(message.buttons, drawing))
  return lines
}

/** A progress message on one line, for output that cannot be edited. */
export function oneLineOf(message: Message, drawing: Drawing): string {
  const percent = message.bar ? percentOf(message.bar) : null
  const parts = message.lines.map((line) => lineOf(line, drawing))
  return [...(percent === null ? [] : [`${percent}%`]), ...parts].join(' · ')
}

function lineOf(line: Line, drawing: Drawing): string {
  return (Array.isArray(line) ? line : [line]).map((span) => spanOf(span, drawing)).join('')
}

function spanOf(span: Span, drawing: Drawing): string {
  if (typeof span === 'string') return visible(span)
  if ('bold' in span) return bold(visible(span.bold), drawing)
  if ('code' in span) return `\`${visible(span.code)}\``
  return span.text === span.link
    ? visible(span.link)
    : `${visible(span.text)} ${dim(`<${visible(span.link)}>`, drawing)}`
}

const percentOf = ({ done, total }: { done: number; total: number | null }): number | null =>
  total === null ? null : total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))

function barOf(bar: { done: number; total: number | null }): string {
  const percent = percentOf(bar)
  if (percent === null) return `[${'-'.repeat(BAR_CELLS)}] ${bar.done}`
  const filled = Math.round((percent / 100) * BAR_CELLS)
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}] ${percent}%`
}

/** Buttons on one line: `[1] 취소  [2] …`. */
export const buttonsOf = (buttons: Button[], drawing: Drawing): string =>
  buttons.map((button) => `[${drawing.numberOf(button)}] ${bold(visible(button.label), drawing)}`).join('  ')

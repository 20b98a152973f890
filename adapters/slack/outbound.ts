import type { types } from '@slack/bolt'
import type { Button, Line, Message, Span } from '../../src/chat/message.ts'
import { cut } from '../../src/messages/format.ts'
import {
  BLOCK_TEXT_MAX,
  BLOCKS_MAX,
  BLOCKS_TEXT_MAX,
  BUTTON_TEXT_MAX,
  BUTTON_VALUE_MAX,
  BUTTONS_A_BLOCK,
  LINK_MAX,
  TEXT_MAX,
} from './limits.ts'

export type Block = types.KnownBlock

/** A message as Slack takes it. `text` is what notifications and screen readers say. */
export interface Drawn {
  text: string
  blocks: Block[]
}

type Element = types.RichTextElement

/** Every button's action begins so; its value is the command line. */
export const RUN = 'run'
/** Cells of a progress bar. */
const BAR_CELLS = 20

/** Slack reads `&`, `<` and `>` in texts; nothing else can ping or link there. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * A message as blocks. Lines become rich text: its pieces are shown as they are, so nothing that a shop or a person
 * wrote is taken as markup, link or mention.
 */
export function draw(message: Message): Drawn {
  const rows = rowsOf(message)
  const buttons = buttonBlocks(message.buttons ?? [])
  return {
    text: fallbackOf(message),
    blocks: [...richBlocks(rows).slice(0, BLOCKS_MAX - buttons.length), ...buttons],
  }
}

/** Enough to say what happened. */
const PLAIN_TEXT_MAX = 1_000

/** The same without blocks, for when Slack takes none of them. */
export const drawPlainly = (message: Message): Drawn => ({
  text: cutEscaped(fallbackOf(message), PLAIN_TEXT_MAX),
  blocks: [],
})

/** Lines as rich text blocks alone, for views. */
export const drawLines = (lines: Line[]): Block[] => richBlocks(lines.map((line) => elementsOf(line)))

function rowsOf(message: Message): Element[][] {
  const rows = message.lines.map((line) => elementsOf(line))
  if (message.bar) rows.push([{ type: 'text', text: barOf(message.bar), style: { code: true } }])
  if (message.who) rows[0] = [bold(`${message.who.name} · `), ...(rows[0] ?? [])]
  if (message.mention) rows[0] = [{ type: 'user', user_id: message.mention.externalId }, plain(' '), ...(rows[0] ?? [])]
  return rows
}

const plain = (text: string): Element => ({ type: 'text', text })
const bold = (text: string): Element => ({ type: 'text', text, style: { bold: true } })

const spansOf = (line: Line): Span[] => (Array.isArray(line) ? line : [line])

const elementsOf = (line: Line): Element[] => spansOf(line).flatMap((span) => elementOf(span))

function elementOf(span: Span): Element[] {
  if (typeof span === 'string') return span === '' ? [] : [plain(cut(span, BLOCK_TEXT_MAX))]
  if ('bold' in span) return span.bold === '' ? [] : [bold(cut(span.bold, BLOCK_TEXT_MAX))]
  if ('code' in span)
    return span.code === '' ? [] : [{ type: 'text', text: cut(span.code, BLOCK_TEXT_MAX), style: { code: true } }]
  const text = cut(span.text, BLOCK_TEXT_MAX)
  if (!/^https?:\/\//i.test(span.link) || span.link.length > LINK_MAX) return text === '' ? [] : [plain(text)]
  return [{ type: 'link', url: span.link, ...(text === '' ? {} : { text }) }]
}

const lengthOf = (element: Element): number =>
  element.type === 'text'
    ? element.text.length
    : element.type === 'link'
      ? element.url.length + (element.text?.length ?? 0)
      : 20

/** Rows in as few blocks as their size allows; what does not fit the message is left out, with a sign. */
function richBlocks(rows: Element[][]): Block[] {
  const blocks: Element[][] = []
  let size = Number.POSITIVE_INFINITY
  let whole = 0
  for (const row of rows) {
    const length = 1 + row.reduce((sum, element) => sum + lengthOf(element), 0)
    if (whole + length > BLOCKS_TEXT_MAX) {
      blocks.at(-1)?.push(plain('\n…'))
      break
    }
    if (size + length > BLOCK_TEXT_MAX) {
      blocks.push([])
      size = 0
    }
    const block = blocks.at(-1)!
    if (block.length > 0) block.push(plain('\n'))
    block.push(...row)
    size += length
    whole += length
  }
  return blocks
    .filter((elements) => elements.length > 0)
    .map((elements) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }))
}

/** `▰▰▰▱▱ 60%`; without a known end the count alone. */
function barOf({ done, total }: { done: number; total: number | null }): string {
  if (total === null) return `${'▱'.repeat(BAR_CELLS)} ${done}`
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * BAR_CELLS)
  return `${'▰'.repeat(filled)}${'▱'.repeat(BAR_CELLS - filled)} ${Math.floor(share * 100)}%`
}

/** Buttons carry their command line; one whose line Slack cannot hold is left out. */
export function buttonBlocks(buttons: Button[]): Block[] {
  const fitting = buttons.filter(({ command }) => command.length <= BUTTON_VALUE_MAX)
  const blocks: Block[] = []
  for (let at = 0; at < fitting.length; at += BUTTONS_A_BLOCK) {
    const elements = fitting.slice(at, at + BUTTONS_A_BLOCK).map((button, index) => buttonOf(button, at + index))
    blocks.push({ type: 'actions', elements })
  }
  return blocks
}

const buttonOf = ({ label, style, command }: Button, index: number): types.Button => ({
  type: 'button',
  action_id: `${RUN}:${index}`,
  value: command,
  text: { type: 'plain_text', text: cut(label, BUTTON_TEXT_MAX - 1), emoji: false },
  ...(style === 'normal' ? {} : { style }),
})

function fallbackOf(message: Message): string {
  const lines = message.lines.map((line) => spansOf(line).map(textOf).join(''))
  if (message.bar) lines.push(barOf(message.bar))
  const name = message.who ? `${message.who.name} · ` : ''
  const text = escapeText(cut(`${name}${lines.join('\n')}`, TEXT_MAX - 500))
  const ping = message.mention ? `<@${message.mention.externalId}> ` : ''
  return ping + cutEscaped(text, TEXT_MAX - ping.length) || ' '
}

/** Cuts an escaped text, and never inside an escape. */
function cutEscaped(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/&[a-z]{0,3}$/, '')}…`
}

function textOf(span: Span): string {
  if (typeof span === 'string') return span
  if ('bold' in span) return span.bold
  return 'code' in span ? span.code : span.text
}

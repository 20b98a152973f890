import type { Button, Line, Message, Span } from '../../src/chat/message.ts'
import type { ButtonIds } from './buttons.ts'
import { codeText, cutTo, lineStart, plain } from './escape.ts'
import { BUTTONS_PER_ROW, CONTENT_MAX, DESCRIPTION_MAX, LABEL_MAX, LINK_MAX, ROWS_MAX } from './limits.ts'

/** The fields of a message in Discord's API. Every one is given, so that an edit replaces all of the old one. */
export interface Body {
  content: string
  embeds: { description: string }[]
  components: Row[]
  allowed_mentions: { parse: []; users?: string[]; replied_user: false }
  flags: number
}

interface Row {
  type: 1
  components: { type: 2; style: 1 | 2 | 4; label: string; custom_id: string }[]
}

const STYLES = { primary: 1, normal: 2, danger: 4 } as const
/** No previews of the links in a text; it would hide an embed of ours too. */
const SUPPRESS_EMBEDS = 4
const BAR_CELLS = 20

/** A message as Discord takes it. A text above 2,000 characters goes into an embed, which holds twice as much. */
export function bodyOf(message: Message, ids: ButtonIds, key?: string): Body {
  const ping = message.mention ? `<@${message.mention.externalId}>` : ''
  const lines = linesOf(message)
  const text = [ping, lines.join('\n')].filter(Boolean).join(' ')
  const isShort = text.length <= CONTENT_MAX
  return {
    content: isShort ? text : ping,
    embeds: isShort ? [] : [{ description: wholeLines(lines, DESCRIPTION_MAX) }],
    components: rowsOf(message.buttons ?? [], ids, key),
    allowed_mentions: {
      parse: [],
      replied_user: false,
      ...(message.mention ? { users: [message.mention.externalId] } : {}),
    },
    flags: isShort ? SUPPRESS_EMBEDS : 0,
  }
}

/** The words alone, where Discord refused the message as it was: no links, no buttons, no markup. */
export function plainBody(message: Message): Body {
  const ping = message.mention ? `<@${message.mention.externalId}> ` : ''
  const lines = message.lines.map((line) => spansOf(line).map(wordsOf).map(plain).join(''))
  return {
    ...bodyOf({ lines: [], ...(message.mention ? { mention: message.mention } : {}) }, NO_IDS),
    content: ping + wholeLines(lines, CONTENT_MAX - ping.length),
  }
}

const NO_IDS: ButtonIds = { idOf: () => '', commandOf: async () => undefined }

function linesOf(message: Message): string[] {
  const lines = message.lines.map((line) => lineOf(line))
  if (message.bar) lines.push(barOf(message.bar))
  if (message.who) lines[0] = `**${plain(message.who.name)}** · ${lines[0] ?? ''}`
  return lines
}

const spansOf = (line: Line): Span[] => (Array.isArray(line) ? line : [line])

const lineOf = (line: Line): string => lineStart(spansOf(line).map(spanOf).join(''))

const wordsOf = (span: Span): string =>
  typeof span === 'string' ? span : 'bold' in span ? span.bold : 'code' in span ? span.code : span.text

function spanOf(span: Span): string {
  if (typeof span === 'string') return plain(span)
  if ('bold' in span) return span.bold.trim() === '' ? '' : `**${plain(span.bold)}**`
  if ('code' in span) return span.code === '' ? '' : `\`${codeText(span.code)}\``
  const target = linkTarget(span.link)
  return target === undefined || span.text.trim() === '' ? plain(span.text) : `[${plain(span.text)}](<${target}>)`
}

/** Only web addresses become links; what could close the brackets is encoded. A signed link's letters stay as they are. */
function linkTarget(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  const target = url.href.replace(
    /[<>\s\\|*~`()[\]]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return target.length <= LINK_MAX ? target : undefined
}

function barOf({ done, total }: { done: number; total: number | null }): string {
  if (total === null) return `\`${'░'.repeat(BAR_CELLS)}\``
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
  const filled = Math.round((percent / 100) * BAR_CELLS)
  return `\`${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}\` ${percent}%`
}

/** As many whole lines as fit: a cut inside a line could leave half a markup open. */
function wholeLines(lines: string[], max: number): string {
  let kept = ''
  for (const line of lines) {
    const next = kept === '' ? line : `${kept}\n${line}`
    if (next.length > max - 2) return kept === '' ? cutTo(line, max) : `${kept}\n…`
    kept = next
  }
  return kept
}

function rowsOf(buttons: Button[], ids: ButtonIds, key: string | undefined): Row[] {
  const made = new Map(buttons.map((button) => [ids.idOf(button.command, key), button])) // ids are unique in a message
  const all = [...made].slice(0, BUTTONS_PER_ROW * ROWS_MAX).map(([custom_id, { label, style }]) => ({
    type: 2 as const,
    style: STYLES[style],
    label: cutTo(label, LABEL_MAX),
    custom_id,
  }))
  const rows: Row[] = []
  for (let at = 0; at < all.length; at += BUTTONS_PER_ROW)
    rows.push({ type: 1, components: all.slice(at, at + BUTTONS_PER_ROW) })
  return rows
}

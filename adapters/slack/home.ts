import type { types } from '@slack/bolt'
import type { Reply } from '../../src/commands/command.ts'
import type { Locale } from '../../src/messages/locale.ts'
import { VIEW_BLOCKS_MAX } from './limits.ts'
import { slackWords } from './messages.ts'
import { FORM } from './modal.ts'
import { type Block, buttonBlocks, drawLines } from './outbound.ts'

/** What Home shows: answers to three commands, as the person would get them. */
export interface HomeAnswers {
  status: Reply | undefined
  history: Reply | undefined
  help: Reply | undefined
}

/** The Home tab: the running job, the last results, help, and a button for a new crawl. */
export function homeView({ status, history, help }: HomeAnswers, locale: Locale): types.HomeView {
  const { home } = slackWords(locale)
  const blocks: Block[] = [
    header(home.title),
    ...buttonBlocks([{ label: home.start, style: 'primary', command: FORM }]),
    ...part(home.now, status),
    ...part(home.last, history),
    ...part(home.help, help),
  ]
  return { type: 'home', blocks: blocks.slice(0, VIEW_BLOCKS_MAX) }
}

const header = (text: string): Block => ({ type: 'header', text: { type: 'plain_text', text, emoji: false } })

function part(title: string, reply: Reply | undefined): Block[] {
  if (!reply) return []
  const { lines, buttons = [] } = reply.message
  return [{ type: 'divider' }, header(title), ...drawLines(lines), ...buttonBlocks(buttons)]
}

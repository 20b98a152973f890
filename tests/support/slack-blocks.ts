type Json = Record<string, unknown>

/** What Slack would say of blocks that it does not take, or undefined. Checks the limits that a bot can break. */
export function findBlockError(blocks: unknown[], max: number): string | undefined {
  if (blocks.length > max) return 'invalid_blocks'
  const ids = blocks.map((block) => (block as Json).block_id).filter((id) => id !== undefined)
  if (new Set(ids).size < ids.length) return 'invalid_blocks'
  if (visibleText(blocks).length > 13_200) return 'msg_blocks_too_long'
  return blocks.every((block) => isSound(block as Json)) ? undefined : 'invalid_blocks'
}

function isSound(block: Json): boolean {
  switch (block.type) {
    case 'rich_text':
      return (block.elements as Json[]).every((section) => (section.elements as Json[]).every(isSoundText))
    case 'actions': {
      const elements = block.elements as Json[]
      const ids = elements.map(({ action_id }) => action_id)
      return (
        elements.length > 0 &&
        elements.length <= 25 &&
        new Set(ids).size === ids.length &&
        elements.every(isSoundButton)
      )
    }
    case 'header':
      return (block.text as { text: string }).text.length <= 150
    case 'input':
      return typeof block.block_id === 'string' && block.block_id.length <= 255
    case 'divider':
      return true
    default:
      return false
  }
}

const isSoundText = (element: Json): boolean =>
  element.type === 'text'
    ? typeof element.text === 'string' && element.text !== ''
    : element.type === 'link'
      ? /^https?:/.test(String(element.url)) && String(element.url).length <= 3_000 && element.text !== ''
      : element.type === 'user'

function isSoundButton({ type, text, value, action_id: id, style }: Json): boolean {
  const label = (text as { text: string }).text
  return (
    type === 'button' &&
    label.length > 0 &&
    label.length <= 75 &&
    String(value).length > 0 &&
    String(value).length <= 2_000 &&
    String(id).length <= 255 &&
    (style === undefined || style === 'primary' || style === 'danger')
  )
}

/** What a person reads in blocks; a mention as `<@U…>`. */
export function visibleText(blocks: unknown[]): string {
  return (blocks as Json[])
    .filter(({ type }) => type === 'rich_text')
    .map(({ elements }) =>
      (elements as Json[]).flatMap((section) => (section.elements as Json[]).map(elementText)).join(''),
    )
    .join('\n')
}

const elementText = (element: Json): string =>
  element.type === 'user' ? `<@${element.user_id}>` : String(element.text ?? element.url ?? '')

/** The buttons of blocks, in order. */
export function buttonsOf(blocks: unknown[]): { label: string; value: string; actionId: string }[] {
  return (blocks as Json[])
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => elements as Json[])
    .map((button) => ({
      label: (button.text as { text: string }).text,
      value: String(button.value),
      actionId: String(button.action_id),
    }))
}

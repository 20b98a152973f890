import type { Place } from '../../src/jobs/job.ts'

/** Something that a person said or pressed, and where an answer for them alone may go. */
export interface Heard {
  /** Names the delivery; the same for every redelivery of it. */
  eventId: string | null
  user: string
  /** The name that came with it, if one did. */
  name: string | undefined
  place: Place
  text: string
  route: Route
  /** A message that others can read. */
  isOverheard?: boolean
}

/** Where an answer for one person goes. */
export interface Route {
  user: string
  /** Null: nowhere yet; the answer goes to the direct message. */
  channel: string | null
  thread: string | null
  isDirect: boolean
  /** Good for 30 minutes and five answers. */
  responseUrl: string | undefined
}

/** A slash command, as far as it is read here. */
export interface CommandPayload {
  team_id: string
  enterprise_id?: string
  is_enterprise_install?: string | boolean
  channel_id: string
  channel_name?: string
  user_id: string
  user_name?: string
  text?: string
  response_url?: string
  trigger_id?: string
}

/** A press in a message, on Home or in a form. */
export interface PressPayload {
  user: { id: string; name?: string; username?: string; team_id?: string }
  team?: { id: string } | null
  enterprise?: { id: string } | null
  is_enterprise_install?: boolean
  channel?: { id: string; name?: string }
  container?: { type?: string; channel_id?: string; thread_ts?: string }
  message?: { thread_ts?: string }
  response_url?: string
  trigger_id?: string
}

/** A message or mention. */
export interface MessagePayload {
  user?: string
  text?: string
  channel: string
  channel_type?: string
  thread_ts?: string
  subtype?: string
  bot_id?: string
  team?: string
  user_team?: string
}

/** What surrounds an event. */
export interface Envelope {
  event_id?: string
  team_id?: string
  enterprise_id?: string
  is_enterprise_install?: boolean
}

const DIRECT_NAME = 'directmessage'

/** People of an organisation that installed the bot as one are known by the organisation, else by their team. */
const workspaceOf = (team: string | undefined, enterprise: string | undefined, isOrganisation: unknown): string =>
  (isOrganisation === true || isOrganisation === 'true' ? enterprise : undefined) ?? team ?? ''

export function heardCommand(payload: CommandPayload, requestKey: string | undefined): Heard {
  const { channel_id: channel, user_id: user } = payload
  const workspace = workspaceOf(payload.team_id, payload.enterprise_id, payload.is_enterprise_install)
  const isDirect = payload.channel_name === DIRECT_NAME
  return {
    eventId: keyOf(payload.trigger_id, requestKey),
    user,
    name: payload.user_name,
    place: { platform: 'slack', workspace, channel, thread: null, isDirect },
    text: readText(payload.text ?? ''),
    route: { user, channel, thread: null, isDirect, responseUrl: payload.response_url },
  }
}

/** @param home the direct message with the person, for presses that happen in no conversation */
export function heardPress(payload: PressPayload, command: string, requestKey: string | undefined, home = ''): Heard {
  const { user, container } = payload
  const channel = payload.channel?.id ?? container?.channel_id
  const thread = container?.thread_ts ?? payload.message?.thread_ts ?? null
  const workspace = workspaceOf(user.team_id ?? payload.team?.id, payload.enterprise?.id, payload.is_enterprise_install)
  const isDirect = channel === undefined || payload.channel?.name === DIRECT_NAME
  return {
    eventId: keyOf(payload.trigger_id, requestKey),
    user: user.id,
    name: user.name ?? user.username,
    place: { platform: 'slack', workspace, channel: channel ?? home, thread: null, isDirect },
    text: command,
    route: { user: user.id, channel: channel ?? (home || null), thread, isDirect, responseUrl: payload.response_url },
  }
}

/** A message for the bot, or undefined when it is none: of a bot, an edit, a joining. */
export function heardMessage(
  event: MessagePayload,
  envelope: Envelope,
  botUserId: string | undefined,
): Heard | undefined {
  if (!event.user || event.bot_id || (event.subtype && event.subtype !== 'file_share')) return undefined
  const { user, channel } = event
  const thread = event.thread_ts ?? null
  const isDirect = event.channel_type === 'im'
  const team = event.user_team ?? event.team ?? envelope.team_id
  const workspace = workspaceOf(team, envelope.enterprise_id, envelope.is_enterprise_install)
  return {
    eventId: envelope.event_id ? `event ${envelope.event_id}` : null,
    user,
    name: undefined,
    place: { platform: 'slack', workspace, channel, thread, isDirect },
    text: readText(withoutMention(event.text ?? '', botUserId)),
    route: { user, channel, thread, isDirect, responseUrl: undefined },
    isOverheard: !isDirect,
  }
}

/** A trigger is made once for each act; a repeated request carries the same one, however often it is sent. */
const keyOf = (trigger: string | undefined, requestKey: string | undefined): string | null =>
  trigger ? `trigger ${trigger}` : requestKey ? `request ${requestKey}` : null

/** Drops the mention of the bot; while it does not know its own id, the first one. */
function withoutMention(text: string, botUserId: string | undefined): string {
  const mention = botUserId === undefined ? /<@[A-Z0-9]+(?:\|[^>]*)?>/ : new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`, 'g')
  return text.replace(mention, ' ')
}

/** Slack's text as the person typed it: links, mentions and channels as words, escapes undone, formatting marks kept. */
export function readText(text: string): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inside: string) => wordOf(inside))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
}

function wordOf(inside: string): string {
  const [target = '', label = ''] = splitOnce(inside)
  if (/^https?:\/\//i.test(target)) {
    // "ssg.com" typed plainly becomes <http://ssg.com|ssg.com>: what was typed is what is read
    return label !== '' && label === target.replace(/^https?:\/\//i, '') ? label : target
  }
  if (/^mailto:|^tel:/i.test(target)) return label || target
  if (/^[@#!]/.test(target)) return label
  return inside
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('|')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

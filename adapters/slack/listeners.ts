import type { App } from '@slack/bolt'
import { COMMAND } from './command.ts'
import type { SlackDesk } from './desk.ts'
import type { Identity } from './identity.ts'
import {
  type CommandPayload,
  type Envelope,
  type Heard,
  heardCommand,
  heardMessage,
  heardPress,
  type MessagePayload,
  type PressPayload,
} from './inbound.ts'
import { asksForForm, FORM, formOptions, formOrigin, type SubmittedForm } from './modal.ts'

export interface ListenerParts {
  desk: SlackDesk
  identity: Identity
  /** Keeps what a listener began, so that a stop can wait for it; tells what it throws. */
  track(work: Promise<void>): Promise<void>
}

/** The key of a request, as the transport found it: a signature, an envelope. */
const requestKeyOf = (context: Record<string, unknown>): string | undefined =>
  typeof context.requestKey === 'string' ? context.requestKey : undefined

/** Hangs the bot's ears into Bolt. Everything is acknowledged before anything is done. */
export function listen(app: App, parts: ListenerParts): void {
  app.command(COMMAND, async ({ ack, body, context }) => {
    await ack()
    await parts.track(hearCommand(parts.desk, body as unknown as CommandPayload, requestKeyOf(context)))
  })
  app.action(/.*/, async ({ ack, body, action, context }) => {
    await ack()
    const { value } = action as { value?: string }
    if (value) await parts.track(hearPress(parts.desk, body as unknown as PressPayload, value, requestKeyOf(context)))
  })
  app.view(FORM, async ({ ack, body, view, context }) => {
    await ack()
    const payload = body as unknown as PressPayload
    await parts.track(hearForm(parts.desk, payload, view as unknown as SubmittedForm, requestKeyOf(context)))
  })
  listenToEvents(app, parts)
}

function listenToEvents(app: App, { desk, identity, track }: ListenerParts): void {
  const hear = async (event: unknown, body: unknown): Promise<void> => {
    const heard = heardMessage(event as MessagePayload, body as Envelope, identity.botUserId())
    if (heard) await track(desk.talk(heard))
  }
  app.event('app_mention', async ({ event, body }) => {
    if (!event.channel.startsWith('D')) await hear(event, body) // in a direct message it comes as a message too
  })
  app.event('message', async ({ event, body }) => {
    if (event.channel_type === 'im') await hear(event, body)
  })
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab === 'home') await track(desk.showHome(event.user, workspaceOf(body as Envelope)))
  })
}

const workspaceOf = ({ team_id, enterprise_id, is_enterprise_install }: Envelope): string =>
  (is_enterprise_install ? enterprise_id : undefined) ?? team_id ?? ''

async function hearCommand(desk: SlackDesk, payload: CommandPayload, requestKey: string | undefined): Promise<void> {
  const heard = heardCommand(payload, requestKey)
  if (asksForForm(payload) && payload.trigger_id) await desk.openForm(payload.trigger_id, originOf(heard))
  else await desk.talk(heard)
}

async function hearPress(
  desk: SlackDesk,
  payload: PressPayload,
  command: string,
  requestKey: string | undefined,
): Promise<void> {
  const isHome = payload.container?.type === 'view'
  // a form must be open within three seconds: nothing is asked before
  if (command === FORM && payload.trigger_id)
    return desk.openForm(payload.trigger_id, originOf(heardPress(payload, command, requestKey)))
  const heard = heardPress(payload, command, requestKey, isHome ? await desk.directOf(payload.user.id) : '')
  await desk.talk(heard)
  if (isHome) await desk.showHome(heard.user, heard.place.workspace)
}

async function hearForm(
  desk: SlackDesk,
  payload: PressPayload,
  view: SubmittedForm,
  requestKey: string | undefined,
): Promise<void> {
  const origin = formOrigin(view)
  if (!origin) return
  const heard = heardPress(payload, '', requestKey)
  // who submits is told by Slack; where they were is what the form remembers
  const { user, eventId, name } = heard
  const route = { ...origin.route, user }
  const place = { ...origin.place, workspace: heard.place.workspace }
  const channel = place.channel || (await desk.directOf(user))
  await desk.talk({ ...{ user, eventId, name, route, text: '' }, place: { ...place, channel } }, formOptions(view))
}

const originOf = ({ place, route }: Heard) => ({ place, route })

import type { Message } from '../../src/chat/message.ts'
import { UploadRefused } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Dispatch, PrivateFile, Reply } from '../../src/commands/command.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import type { SiteRegistry } from '../../src/sites/registry.ts'
import type { Answers } from './answers.ts'
import { homeView } from './home.ts'
import type { Identity } from './identity.ts'
import type { Heard, Route } from './inbound.ts'
import { ANSWER_TIMEOUT_MS, FILE_TIMEOUT_MS, FORM_TIMEOUT_MS } from './limits.ts'
import { slackWords } from './messages.ts'
import { FORM, type FormOrigin, formView } from './modal.ts'
import type { People } from './people.ts'
import type { ResponseUrls } from './response-urls.ts'
import { sendFile } from './sending.ts'
import type { SlackApi } from './web-api.ts'

/** What the listeners do once Slack has its acknowledgement. */
export interface SlackDesk {
  /** Hands what was said to the dispatch and gives the answer. */
  talk(heard: Heard, options?: Record<string, string | number | boolean>): Promise<void>
  /** Opens the form; when its trigger is no longer good, a button offers it again. */
  openForm(trigger: string, origin: FormOrigin): Promise<void>
  /** Draws the person's Home anew. */
  showHome(user: string, workspace: string): Promise<void>
  /** The direct message with a person, or an empty text where none can be had. */
  directOf(user: string): Promise<string>
}

export interface SlackDeskParts {
  api: SlackApi
  people: People
  answers: Answers
  identity: Identity
  responseUrls: ResponseUrls
  dispatch: Dispatch
  sites: Pick<SiteRegistry, 'all'>
  clock: Clock
  say: Say
  /** Where neither the person nor Slack tells a language. */
  locale: Locale
  maxProducts: number
  /** Channels where the bot may be used; empty: all. */
  channels: readonly string[]
}

/** A person's name and language are waited for so long; the command itself matters more. */
const PERSON_WAIT_MS = 1_000

export function createSlackDesk(parts: SlackDeskParts): SlackDesk {
  const { people } = parts
  const directOf = (user: string) => people.direct(user, AbortSignal.timeout(ANSWER_TIMEOUT_MS)).catch(() => '')
  return {
    directOf,
    talk: (heard, options) => talk(parts, heard, options),
    openForm: (trigger, origin) => openForm(parts, trigger, origin),
    async showHome(user, workspace) {
      const { locale, account } = await introduce(parts, { user, name: undefined, workspace })
      const channel = await directOf(user)
      const place = { platform: 'slack', workspace, channel, thread: null, isDirect: true }
      const look = (text: string): Promise<Reply | undefined> =>
        parts.dispatch({ eventId: null, account, place, text, isGlance: true })
      const [status, history, help] = await Promise.all([look('status'), look('history'), look('help')])
      const view = homeView({ status, history, help }, locale)
      await parts.api.call(AbortSignal.timeout(ANSWER_TIMEOUT_MS), (client) =>
        client.views.publish({ user_id: user, view }),
      )
    },
  }
}

/** Who speaks, as dispatch wants it, and the language that Slack's own words are said in. */
async function introduce(parts: SlackDeskParts, who: { user: string; name: string | undefined; workspace: string }) {
  const { people, clock, locale } = parts
  const unknown = { name: undefined, locale: undefined }
  const seen = await Promise.race([people.person(who.user), clock.sleep(PERSON_WAIT_MS).then(() => unknown)])
  const name = seen.name ?? who.name ?? who.user
  const account = {
    platform: 'slack',
    workspace: who.workspace,
    externalId: who.user,
    name,
    locale: seen.locale,
  }
  return { account, locale: seen.locale ?? locale }
}

async function talk(
  parts: SlackDeskParts,
  heard: Heard,
  options?: Record<string, string | number | boolean>,
): Promise<void> {
  const { eventId, place, text, route, isOverheard = false } = heard
  const { account, locale } = await introduce(parts, { ...heard, workspace: place.workspace })
  if (!place.isDirect && parts.channels.length > 0 && !parts.channels.includes(place.channel)) {
    const links = parts.channels.flatMap((id) => [' ', { link: channelLink(place.workspace, id), text: `#${id}` }])
    return parts.answers.give(route, { lines: [[slackWords(locale).channelClosed, ...links]] })
  }
  if (route.responseUrl !== undefined) parts.responseUrls.keep(place.channel, heard.user, route.responseUrl)
  const reply = await parts.dispatch({ eventId, account, place, text, isOverheard, ...(options ? { options } : {}) })
  if (!reply) return // delivered before
  const answered = parts.answers.give(route, reply.message)
  for (const file of reply.files ?? []) await handFile(parts, route, file, locale)
  await answered
}

/** Opens a channel in the app or the browser: the bot knows no channel's name, which would need another scope. */
const channelLink = (workspace: string, id: string): string => `https://app.slack.com/client/${workspace}/${id}`

/** Private answers carry no file: it goes to the direct message, and where Slack takes none, a link for them alone. */
async function handFile(parts: SlackDeskParts, route: Route, file: PrivateFile, locale: Locale): Promise<void> {
  const words = slackWords(locale)
  const tell = (message: Message) => parts.answers.give(route, message)
  try {
    const signal = AbortSignal.timeout(FILE_TIMEOUT_MS)
    const isHere = route.isDirect && route.channel !== null && route.responseUrl === undefined
    const channel = isHere ? route.channel! : await parts.people.direct(route.user, signal)
    await sendFile(parts.api, { channel, ts: isHere ? route.thread : null }, file, signal)
    if (!isHere) await tell({ lines: [words.fileSent] })
  } catch (error) {
    if (!(error instanceof UploadRefused)) return tell({ lines: [words.fileFailed] })
    const { name, link } = file
    await tell(
      link === null
        ? { lines: [parts.say(locale, 'file.needs_public_url', { name, setting: 'PUBLIC_URL' })] }
        : { lines: [words.fileLinked, { link, text: parts.say(locale, 'button.download') }] },
    )
  }
}

async function openForm(parts: SlackDeskParts, trigger: string, origin: FormOrigin): Promise<void> {
  const { sites, maxProducts, api, people, locale: standard } = parts
  // what is not known yet must not cost the three seconds of the trigger
  const unknown = { locale: undefined }
  const seen = await Promise.race([people.person(origin.route.user), parts.clock.sleep(300).then(() => unknown)])
  const locale = seen.locale ?? standard
  const view = formView({ sites, locale, maxProducts, origin })
  try {
    await api.call(AbortSignal.timeout(FORM_TIMEOUT_MS), (client) => client.views.open({ trigger_id: trigger, view }))
  } catch {
    const words = slackWords(locale)
    await parts.answers.give(origin.route, {
      lines: [words.formLate],
      buttons: [{ label: words.openForm, style: 'primary', command: FORM }],
    })
  }
}

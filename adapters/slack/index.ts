import { App, type Receiver } from '@slack/bolt'
import type { Pace, Platform } from '../../src/chat/platform.ts'
import { rest } from '../../src/clock.ts'
import type { Thread } from '../../src/jobs/job.ts'
import { faultId } from '../../src/telemetry/fault-id.ts'
import { createMemory } from '../memory.ts'
import type { NetworkOptions, NetworkPlatform } from '../network-platform.ts'
import { createAnswers } from './answers.ts'
import { createSlackCheck } from './check.ts'
import type { SlackSettings } from './config.ts'
import { createSlackDesk } from './desk.ts'
import { createIdentity, type Identity } from './identity.ts'
import {
  ANSWER_TIMEOUT_MS,
  EDIT_INTERVAL_MS,
  EDIT_MS,
  LINKS_MAX,
  POST_INTERVAL_MS,
  PROGRESS_AFTER_MS,
  STOP_GRACE_MS,
} from './limits.ts'
import { listen } from './listeners.ts'
import { createLogger } from './logger.ts'
import { createLookup } from './lookup.ts'
import { slackWords } from './messages.ts'
import { createPeople, type People } from './people.ts'
import { createRequestsTransport } from './requests.ts'
import { createResponseUrls, type ResponseUrls } from './response-urls.ts'
import { createSending, post } from './sending.ts'
import { createSocketTransport } from './socket.ts'
import type { Transport } from './transport.ts'
import { clientOptions, createSlackApi, type SlackApi } from './web-api.ts'

export interface SlackOptions extends NetworkOptions {
  settings: SlackSettings
  /** Other paces, for tests. */
  pace?: Partial<Omit<Pace, 'key'>>
  /** How soon a silent socket is given up, for tests. */
  pingTimeoutMs?: number
}

/**
 * Slack as a chat platform, for one workspace: what jobs say goes out by the Web API, what people say comes in by
 * socket or HTTP. Nothing is sent or heard before it is asked to.
 */
export function createSlack(options: SlackOptions): NetworkPlatform {
  const { settings, clock, emit } = options
  const api = createSlackApi({ token: settings.botToken, apiUrl: settings.apiUrl })
  const people = createPeople({ api, clock })
  const identity = createIdentity({ api, token: settings.botToken, clock, emit })
  const posting = { api, lookup: createLookup(api, emit), emit }
  const answers = createAnswers({ api, people, clock, emit, post: (...asked) => post(posting, ...asked) })
  const responseUrls = createResponseUrls(clock)
  const transport = createTransport(options, api)
  const parts = { ...options, api, people, identity, answers, responseUrls }
  const ears = createEars(parts, transport)
  return {
    name: 'slack',
    ...createSending({ ...posting, people, clock, onNoAccess: inviteHint(parts) }),
    link: createLinks(api),
    pace: (thread, call) => paceOf(thread, call, options.pace),
    locale: async (externalId) => (await people.person(externalId)).locale,
    ...ears,
    ...(transport.mount ? { mount: transport.mount } : {}),
    check: createSlackCheck({ settings, api, clock }),
    trouble: () => identity.trouble() ?? transport.trouble(),
  }
}

function createTransport({ settings, clock, emit, pingTimeoutMs }: SlackOptions, api: SlackApi): Transport {
  const logger = createLogger(emit)
  const { appToken, signingSecret, apiUrl } = settings
  return appToken === null
    ? createRequestsTransport({ signingSecret: signingSecret!, clock, emit, logger })
    : createSocketTransport({
        appToken,
        apiUrl,
        fetch: api.fetch,
        dispatcher: api.dispatcher,
        clock,
        emit,
        logger,
        pingTimeoutMs,
      })
}

type EarsParts = SlackOptions & {
  api: SlackApi
  people: People
  identity: Identity
  answers: ReturnType<typeof createAnswers>
  responseUrls: ResponseUrls
}

/** The transports bring themselves to the app: there may be several, and each comes and goes. */
const NO_RECEIVER: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined }

function createEars(parts: EarsParts, transport: Transport): Pick<NetworkPlatform, 'start' | 'stop'> {
  const { settings, clock, emit, identity, api } = parts
  const ended = new AbortController()
  const works = new Set<Promise<void>>()
  const tellFault = (error: unknown) => emit('fault', { id: faultId(), where: 'slack/inbound', error })
  const track = (work: Promise<void>): Promise<void> => {
    const tracked = work.catch(tellFault).finally(() => works.delete(tracked))
    works.add(tracked)
    return tracked
  }
  return {
    async start(dispatch) {
      const app = new App({
        receiver: NO_RECEIVER,
        authorize: async () => identity.authorization(),
        convoStore: false,
        clientOptions: clientOptions(settings.apiUrl, api.fetch),
        logger: createLogger(emit),
      })
      app.error(async (error) => tellFault(error))
      const desk = createSlackDesk({ ...parts, dispatch, channels: settings.channels })
      listen(app, { desk, identity, track })
      transport.start(app)
      void identity.learn(ended.signal)
    },
    async stop() {
      ended.abort()
      await transport.stop()
      const waited = new AbortController()
      const grace = rest(clock, STOP_GRACE_MS, waited.signal)
      await Promise.race([Promise.all(works), grace])
      waited.abort()
    },
  }
}

/** Tells a person who typed where the bot is not that their job goes on by direct message, and how to invite it. */
function inviteHint({ responseUrls, people, answers, identity, locale }: EarsParts) {
  return (place: { channel: string; isDirect: boolean }, externalId: string): void => {
    const url = responseUrls.of(place.channel, externalId)
    if (url === undefined) return
    void people.person(externalId).then((person) => {
      const sentence = slackWords(person.locale ?? locale).inviteHint(identity.mention())
      return answers.respond(url, { lines: [sentence] })
    })
  }
}

/** Permanent links, kept: every answer about a job asks for one. */
function createLinks(api: SlackApi): Platform['link'] {
  const known = createMemory<string>(LINKS_MAX)
  return async ({ channel, root }) => {
    if (root === '') return null
    const key = `${channel}/${root}`
    const kept = known.get(key)
    if (kept !== undefined) return kept
    try {
      const { permalink } = await api.call(AbortSignal.timeout(ANSWER_TIMEOUT_MS), (client) =>
        client.chat.getPermalink({ channel, message_ts: root }),
      )
      if (permalink) known.set(key, permalink)
      return permalink ?? null
    } catch {
      return null
    }
  }
}

/** Posts are limited a channel, edits over the whole workspace: so all threads share the edits. */
function paceOf(thread: Thread, call: 'post' | 'edit', other: SlackOptions['pace']): Pace {
  const shared = { editMs: EDIT_MS, progressAfterMs: PROGRESS_AFTER_MS }
  const key = `slack/${thread.workspace}`
  return call === 'edit'
    ? { key: `${key}/edits`, intervalMs: EDIT_INTERVAL_MS, ...shared, ...other }
    : { key: `${key}/${thread.channel}`, intervalMs: POST_INTERVAL_MS, ...shared, ...other }
}

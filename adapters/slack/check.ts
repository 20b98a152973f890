import { createHmac, randomUUID } from 'node:crypto'
import type { Clock } from '../../src/clock.ts'
import { askSignal, type Check, type CheckContext, causeOf, type Finding } from '../../src/upkeep/finding.ts'
import { EVENTS_PATH } from './command.ts'
import type { SlackSettings } from './config.ts'
import { SCOPES } from './manifest.ts'
import { type SlackWords, slackWords } from './messages.ts'
import type { SlackApi } from './web-api.ts'

interface CheckParts {
  settings: SlackSettings
  api: Pick<SlackApi, 'fetch'>
  clock: Clock
}

/** What Slack says to one method, with the headers that the library keeps to itself. */
interface Answer {
  body: { ok?: boolean; error?: string; team?: string; user?: string }
  scopes: string | null
}

type Words = SlackWords['check']

/** Tests the settings of Slack: token, scopes, and the way in that they ask for. */
export const createSlackCheck =
  (parts: CheckParts): Check =>
  async (context) => {
    const words = slackWords(context.locale).check
    const [token, way] = await Promise.all([
      checkToken(parts, words, context),
      parts.settings.appToken === null ? checkRequests(parts, words, context) : checkSocket(parts, words, context),
    ])
    const manifest = `adapters/slack/manifest${parts.settings.appToken === null ? '.http' : ''}.json`
    return [...token, ...way, { verdict: 'note', sentence: words.commands(manifest) }]
  }

/** @throws what the network throws */
async function ask(
  { settings, api }: CheckParts,
  method: string,
  token: string,
  context: CheckContext,
): Promise<Answer> {
  const url = settings.apiUrl + method
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' }
  const response = await api.fetch(url, { method: 'POST', headers, body: '', signal: askSignal(context) })
  context.hearDate(new URL(url).host, response.headers.get('date'))
  const body = (await response.json().catch(() => ({ ok: false, error: `HTTP ${response.status}` }))) as Answer['body']
  return { body, scopes: response.headers.get('x-oauth-scopes') }
}

async function checkToken(parts: CheckParts, words: Words, context: CheckContext): Promise<Finding[]> {
  const { botToken, apiUrl } = parts.settings
  const answer = await ask(parts, 'auth.test', botToken, context).catch((error) => ({ cause: causeOf(error) }))
  if ('cause' in answer) return [{ verdict: 'failure', sentence: words.silent(new URL(apiUrl).host, answer.cause) }]
  const { body, scopes } = answer
  if (!body.ok) return [{ verdict: 'failure', sentence: words.tokenRefused(body.error ?? '') }]
  return [{ verdict: 'pass', sentence: words.token(body.team ?? '', body.user ?? '') }, ...scopeFindings(words, scopes)]
}

function scopeFindings(words: Words, header: string | null): Finding[] {
  if (header === null) return [{ verdict: 'note', sentence: words.scopesUnknown }]
  const granted = header.split(',').map((scope) => scope.trim())
  const missing = Object.keys(SCOPES).filter((scope) => !granted.includes(scope))
  const spare = granted.filter((scope) => scope !== '' && !Object.hasOwn(SCOPES, scope))
  return [
    missing.length === 0
      ? { verdict: 'pass', sentence: words.scopes }
      : { verdict: 'failure', sentence: words.scopesMissing(missing.join(', ')) },
    ...(spare.length > 0 ? [{ verdict: 'warning', sentence: words.scopesSpare(spare.join(', ')) } as const] : []),
  ]
}

async function checkSocket(parts: CheckParts, words: Words, context: CheckContext): Promise<Finding[]> {
  const { appToken } = parts.settings
  const answer = await ask(parts, 'apps.connections.open', appToken!, context).catch(() => null)
  if (answer === null) return [] // the token's question has told that Slack is away
  return [
    answer.body.ok
      ? { verdict: 'pass', sentence: words.socket }
      : { verdict: 'failure', sentence: words.socketRefused(answer.body.error ?? '') },
  ]
}

/** Sends the service, by its public address, the request by which Slack itself tests an address. */
async function checkRequests(parts: CheckParts, words: Words, context: CheckContext): Promise<Finding[]> {
  const { publicUrl, isServing } = context
  if (publicUrl === null) return [{ verdict: 'warning', sentence: words.noAddress(EVENTS_PATH) }]
  const address = publicUrl + EVENTS_PATH
  const challenge = randomUUID()
  const request = signed(parts, JSON.stringify({ type: 'url_verification', token: '', challenge }))
  const lost = (cause: string): Finding[] => [
    { verdict: isServing ? 'failure' : 'warning', sentence: words.requestsLost(address, cause) },
  ]
  try {
    const response = await parts.api.fetch(address, { ...request, redirect: 'manual', signal: askSignal(context) })
    if (response.status === 401) return [{ verdict: 'failure', sentence: words.requestsForged(address) }]
    const isEcho = response.ok && (await response.text()).includes(challenge)
    return isEcho ? [{ verdict: 'pass', sentence: words.requests(address) }] : lost(`HTTP ${response.status}`)
  } catch (error) {
    return lost(causeOf(error))
  }
}

/** Slack's signature (v0) over the body. */
function signed(
  { settings, clock }: CheckParts,
  body: string,
): { method: 'POST'; headers: Record<string, string>; body: string } {
  const timestamp = String(Math.floor(clock.now() / 1_000))
  const base = `v0:${timestamp}:${body}`
  const signature = `v0=${createHmac('sha256', settings.signingSecret!).update(base).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  }
  return { method: 'POST', headers, body }
}

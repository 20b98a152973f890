// Slack and Discord of the benchmark, in a process of their own, with people who type commands: it sends signed requests
// and gateway events, and takes the time until each is acknowledged. Started by contestants/chat.mjs.
import { createHmac, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

/** One command on each platform so often, in ms. */
const EVERY_MS = 50
/** People who type in turn: so many that nobody meets the limit of commands a minute. */
const PEOPLE = 300
/** What they type in turn; the crawls that they start run beside those of the workload. */
const LINES = ['status', 'history', 'help', 'ssg 노트북 0-40 --limit 40 --format csv']
/** A command that was not acknowledged by then never will be: Slack and Discord give up after 3 s. */
const LATE_MS = 10_000
const SECRET = 'bench-signing-secret'
const [APPLICATION, GUILD, CHANNEL] = ['1100000000000000001', '1200000000000000001', '1300000000000000001']

let ids = 0
/** As Discord makes them: 19 digits that tell the time. */
const snowflake = () => String((BigInt(Date.now() - 1_420_070_400_000) << 22n) + BigInt(ids++ % 4_194_304))

/** What either service answers: every field that the program reads, whatever was asked. */
function answerOf(method, path) {
  if (path.endsWith('/gateway/bot')) {
    const limit = { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 }
    return { url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit }
  }
  if (path.startsWith('/discord') && /\/(?:commands|guilds)$/.test(path)) return []
  if (path.startsWith('/discord'))
    return { id: snowflake(), type: 11, channel_id: CHANNEL, application_id: APPLICATION }
  ids += 1
  const ts = `${Date.now()}.${String(ids).padStart(6, '0')}`
  const user = { id: 'U1', name: 'kim', locale: 'ko-KR', profile: { display_name: 'kim' } }
  return { ok: true, ts, channel: method.includes('open') ? { id: 'D1' } : 'C1', user, team_id: 'T1', ...SLACK }
}
const SLACK = { user_id: 'U0BOT', bot_id: 'B1', permalink: 'https://x.test/p1', messages: [], has_more: false }

let port = 0
const waiting = new Map()
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const path = decodeURIComponent(new URL(request.url, 'http://chat').pathname)
    const token = /^\/discord\/v10\/interactions\/\d+\/([^/]+)\/callback$/.exec(path)?.[1]
    if (token) {
      waiting.get(token)?.()
      response.writeHead(204).end()
      return
    }
    if (path.startsWith('/upload')) return void response.end('OK')
    const body = path.includes('getUploadURL')
      ? { ok: true, upload_url: `http://127.0.0.1:${port}/upload`, file_id: 'F1' }
      : answerOf(path, path)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
})

let gateway
let sequence = 0
const dispatch = (t, d) => gateway.send(JSON.stringify({ op: 0, t, s: ++sequence, d }))
new WebSocketServer({ server }).on('connection', (socket) => {
  gateway = socket
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 }, s: null, t: null }))
  socket.on('message', (data) => {
    const { op } = JSON.parse(data)
    if (op === 1) socket.send(JSON.stringify({ op: 11 }))
    if (op !== 2) return
    const user = { id: APPLICATION, username: 'shopcrawl', discriminator: '0', bot: true }
    const session = { session_id: 's', resume_gateway_url: `ws://127.0.0.1:${port}`, shard: [0, 1] }
    dispatch('READY', { v: 10, user, guilds: [], application: { id: APPLICATION, flags: 0 }, ...session })
  })
})

/** A slash command on Slack over HTTP, as Slack signs it. @returns milliseconds to its acknowledgement */
async function askSlack(url, person, line) {
  const body = new URLSearchParams({
    ...{ command: '/crawl', text: line, user_id: `U${person}`, user_name: `p${person}`, channel_id: 'C1' },
    ...{ channel_name: 'general', team_id: 'T1', team_domain: 't', api_app_id: 'A1', trigger_id: randomUUID() },
    ...{ is_enterprise_install: 'false', response_url: `http://127.0.0.1:${port}/api/response` },
  }).toString()
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')
  const headers = {
    ...{ 'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': timestamp },
    'x-slack-signature': `v0=${signature}`,
  }
  const started = performance.now()
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: Buffer.from(body),
    signal: AbortSignal.timeout(LATE_MS),
  })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`Slack's command was answered ${answer.status}`)
  return performance.now() - started
}

/** A slash command on Discord through the gateway. @returns milliseconds to its callback */
function askDiscord(person, line) {
  const token = randomUUID()
  const [name, words, , limit] = line.split(' ')
  const typed =
    words === undefined
      ? []
      : [
          { name: 'words', type: 3, value: words },
          { name: 'limit', type: 4, value: Number(limit) },
        ]
  const user = { id: `14000000000000${10_000 + person}`, username: `p${person}`, discriminator: '0' }
  const started = performance.now()
  const acknowledged = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("Discord's command was not acknowledged")), LATE_MS)
    waiting.set(token, () => {
      waiting.delete(token)
      clearTimeout(late)
      resolve(performance.now() - started)
    })
  })
  dispatch('INTERACTION_CREATE', {
    ...{ id: snowflake(), application_id: APPLICATION, type: 2, token, version: 1, locale: 'ko', guild_id: GUILD },
    ...{ channel: { id: CHANNEL, type: 0, guild_id: GUILD }, channel_id: CHANNEL, app_permissions: '0', context: 0 },
    ...{ entitlements: [], authorizing_integration_owners: { 0: GUILD }, attachment_size_limit: 10_485_760 },
    member: { user, roles: [], permissions: '0', joined_at: '' },
    data: { id: snowflake(), name: 'crawl', type: 1, options: [{ name, type: 1, options: typed }] },
  })
  return acknowledged
}

let typing
const asked = { slack: [], discord: [] }

function type(url) {
  let count = 0
  typing = setInterval(() => {
    count += 1
    const line = LINES[count % LINES.length]
    for (const [name, ask] of [
      ['slack', () => askSlack(url, count % PEOPLE, line)],
      ['discord', () => askDiscord(count % PEOPLE, line)],
    ])
      asked[name].push(ask().catch((error) => error))
  }, EVERY_MS)
}

/** Milliseconds of every command since the last time. */
async function times() {
  clearInterval(typing)
  const taken = {}
  for (const [name, asks] of Object.entries(asked)) {
    taken[name] = await Promise.all(asks.splice(0))
    const failed = taken[name].find((it) => it instanceof Error)
    if (failed) throw failed
  }
  return taken
}

server.listen(0, '127.0.0.1', () => {
  port = server.address().port
  const origin = `http://127.0.0.1:${port}`
  process.send({ secret: SECRET, slackApiUrl: `${origin}/api/`, discordApiUrl: `${origin}/discord` })
})
process.on('message', async ({ typeAt }) => {
  if (typeAt) return type(typeAt)
  await times().then(
    (taken) => process.send({ taken }),
    (error) => process.send({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))

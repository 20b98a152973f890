import { wordsOf } from '../support/discord-rig.ts'
import { BOT, CHANNEL, type DiscordServer } from '../support/discord-server.ts'
import { visibleText } from '../support/slack-blocks.ts'
import { BOT_USER, type SlackServer } from '../support/slack-server.ts'
import { slackChannel, slackName, slackPeople } from './people.ts'
import type { World } from './worlds.ts'

/** What must not be there, by what it is, and how often it is. */
export type Losses = Record<string, number>

interface JobRow {
  id: string
  state: string
  products: number
  failed_pages: number
  request: string
  thread: string | null
  platform: string
}

/** Products and messages, held against the shop and against what the chat services have. */
export async function findLosses(world: World): Promise<Losses> {
  const jobs = (await world.rows(
    'select id, state, products, failed_pages, request, thread, platform from jobs',
  )) as unknown as JobRow[]
  const ended = jobs.filter(({ state }) => state !== 'queued' && state !== 'running')
  return {
    'jobs that are stuck': jobs.length - ended.length,
    'messages that were not sent': await world.count(`select count(*) from outbox where state = 'pending'`),
    'messages that were given up': await world.count(
      `select count(*) from outbox where state = 'dropped' and kind in ('open', 'final', 'file')`,
    ),
    ...(await productLosses(world, ended)),
    ...threadLosses(world, ended),
  }
}

/** A search finds what the catalogue has; without words, the shop's own lists: there whole jobs of one limit must agree. */
async function productLosses(world: World, jobs: JobRow[]): Promise<Losses> {
  const products = new Map<unknown, string[]>(jobs.map(({ id }) => [id, []]))
  for (const { job, id } of await world.rows('select job_id as job, product_id as id from products order by position'))
    products.get(job)?.push(String(id))
  const read = jobs.map((job) => {
    const { words, limit } = JSON.parse(job.request) as { words: string; limit: number }
    const isUntouched = Number(job.failed_pages) === 0
    const isWhole = job.state === 'succeeded' && isUntouched
    return { words, limit, ids: products.get(job.id)!, isUntouched, isWhole }
  })
  const isFront = (limit: number) => (it: (typeof read)[number]) => it.words === '' && it.limit === limit && it.isWhole
  const wrong = read.filter(({ words, limit, ids, isUntouched, isWhole }) => {
    const front = () => read.find(isFront(limit))?.ids ?? ids
    const wanted =
      words === ''
        ? front()
        : world.shop.catalogue
            .matching(words)
            .map(({ id }) => id)
            .slice(0, limit)
    const isDoubled = new Set(ids).size !== ids.length
    const isOther = isUntouched && ids.some((id, at) => id !== wanted[at])
    return isDoubled || isOther || (isWhole && ids.length !== wanted.length)
  })
  for (const { words, limit, ids, isWhole } of wrong.slice(0, 5))
    console.info(`wrong: "${words}" ${limit}: ${ids.length} products, ${isWhole ? 'whole' : 'a part'}`)
  return { 'jobs whose products are not the shop’s': wrong.length }
}

/** What a thread shows, and what its jobs should have put there. */
interface Shown {
  words: number
  files: number
}

function threadLosses({ slack, discord }: World, jobs: JobRow[]): Losses {
  const wanted = new Map<string, Shown & { platform: string }>()
  for (const { thread, products, platform } of jobs) {
    const root = thread === null ? undefined : (JSON.parse(thread) as { root: string }).root
    if (root === undefined) continue
    const so = wanted.get(root) ?? { words: 0, files: 0, platform }
    wanted.set(root, { ...so, words: so.words + 1, files: so.files + (Number(products) > 0 ? 1 : 0) })
  }
  const losses = { 'last words lost': 0, 'last words doubled': 0, 'files lost': 0, 'files doubled': 0 }
  for (const [root, { words, files, platform }] of wanted) {
    const shown = platform === 'slack' ? inSlack(slack, root) : inDiscord(discord, root)
    losses['last words lost'] += Math.max(0, words - shown.words)
    losses['last words doubled'] += Math.max(0, shown.words - words)
    losses['files lost'] += Math.max(0, files - shown.files)
    losses['files doubled'] += Math.max(0, shown.files - files)
  }
  const known = (name: string) => [...wanted.values()].filter(({ platform }) => platform === name).length
  return {
    ...losses,
    'first words doubled on Slack': Math.max(0, rootsInSlack(slack) - known('slack')),
    'first words doubled on Discord': Math.max(0, rootsInDiscord(discord) - known('discord')),
    'jobs without a thread': jobs.filter(({ thread }) => thread === null).length,
  }
}

const inSlack = (slack: SlackServer, root: string): Shown => {
  const replies = slack.inThread(root)
  return {
    words: replies.filter(({ text }) => /^<@U/.test(text)).length,
    files: replies.filter(({ files }) => files !== undefined).length,
  }
}

const inDiscord = ({ messages }: DiscordServer, root: string): Shown => {
  const inside = messages.get(root) ?? []
  return {
    words: inside.filter((it) => (it.allowed_mentions?.users?.length ?? 0) > 0).length,
    files: inside.filter(({ files }) => files.length > 0).length,
  }
}

const rootsInSlack = (slack: SlackServer): number =>
  slackPeople.reduce((sum, at) => {
    const isRoot = (message: SlackServer['messages'][number]) =>
      message.user === BOT_USER &&
      message.channel === slackChannel(at) &&
      message.thread_ts === undefined &&
      visibleText(message.versions[0]!.blocks).startsWith(`${slackName(at)} · `)
    return sum + slack.messages.filter(isRoot).length
  }, 0)

const rootsInDiscord = ({ messages }: DiscordServer): number =>
  messages
    .get(CHANNEL)!
    .filter(
      (it) => it.author.id === BOT && it.ephemeralTo === undefined && /\*\*soak\d+\*\*/.test(wordsOf(it.versions[0]!)),
    ).length

/** What the processes left in the log and in Redis. */
export async function findTraces(world: World): Promise<Losses> {
  const faults = world.logs().flatMap((log) => log.split('\n').filter((line) => line.includes('"event":"fault"')))
  for (const line of faults.slice(0, 10)) console.info(line.slice(0, 1_200))
  return {
    'bugs in the log': faults.length,
    'ends by SIGTERM that were no good ones': world.badEnds(),
    'hints left in the queue': await world.hintsLeft(),
  }
}

import type { Button } from '../chat/message.ts'
import { Refusal } from '../errors.ts'
import type { Job, JobRequest } from '../jobs/job.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import { type Answer, type Asking, command, type Values } from './command.ts'
import { lineOf } from './line.ts'
import { flag, format, jobId, limit, type SiteChoice, site, url, words } from './options.ts'
import { answer, buttons, labelOf, tell, topicOf } from './told.ts'

/** What a crawl takes; help explains it. */
export const crawlOptions = {
  site: site(),
  words: words(),
  url: url(),
  limit: limit(),
  format: format('xlsx'),
  private: flag('help.private', ['비공개', '나만']),
}

/** What a person wishes to crawl, read from their line. */
export type Wish = Values<typeof crawlOptions>

/** `<site> [words…]` or `<url>`: starts a job. */
export const crawl = command({
  name: 'crawl',
  names: ['수집'],
  help: 'help.crawl',
  options: crawlOptions,
  examples: ['ssg 노트북', 'ssg --limit 50 --format csv'],
  run: async (asking, wish) => {
    const job = await asking.desk.jobs.submit(asking.asker, requestOf(asking, wish), asking.place)
    return accepted(asking, job, wish)
  },
})

/**
 * What the button "the other mall" says: cancels a job and starts one elsewhere, in one transaction. The rest of the
 * request is the job's: its words would not fit into a button everywhere, and a button outlives every process.
 */
export const switchShop = command({
  name: 'switch',
  names: ['바꾸기'],
  help: 'help.switch',
  options: { id: jobId({ isRequired: true }), site: site() },
  examples: [],
  isInternal: true,
  run: async (asking, { id, site: shop }) => {
    if (!shop) throw new Refusal('args.site_missing', {})
    const job = await replaceOrSubmit(asking, id!, shop.name)
    return answer(
      [tell(asking, 'reply.switched', topicOf(asking, job)), whereLine(asking, job)],
      [buttons.cancel(asking, job.id)],
      job.id,
    )
  },
})

/** The job to cancel may have ended while the person read the button: then the new one simply starts. */
async function replaceOrSubmit(asking: Asking, id: Job['id'], site: string): Promise<Job> {
  const { jobs } = asking.desk
  const former = await jobs.job(asking.asker.user.id, id)
  if (former.clearedAt !== null) throw new Refusal('job.cleared', { jobId: id })
  const request = { ...former.request, site }
  const running = await jobs.active(asking.asker.user.id)
  if (running?.id !== former.id) return jobs.submit(asking.asker, request, asking.place)
  return jobs.replace(asking.asker, former.id, request, asking.place)
}

const requestOf = ({ desk }: Asking, wish: Wish): JobRequest => jobRequestOf(wish, desk.sites, desk.options.isPrivate)

/** The request that a wish becomes: an address belongs to the shop on whose hosts it lies. */
export const jobRequestOf = (wish: Wish, sites: Pick<SiteRegistry, 'siteOf'>, isPrivate: boolean): JobRequest => ({
  site: wish.url === null ? wish.site!.name : sites.siteOf(new URL(wish.url)).name,
  words: wish.words,
  url: wish.url,
  limit: wish.limit,
  format: wish.format,
  isPrivate: wish.private || isPrivate,
})

function accepted(asking: Asking, job: Job, wish: Wish): Answer {
  const { request } = job
  const other = otherMall(asking, wish.site)
  return answer(
    [
      tell(asking, 'reply.accepted', { ...topicOf(asking, job), limit: request.limit, format: request.format }),
      other &&
        tell(asking, 'reply.meant', { word: other.word, site: labelOf(asking, request.site), other: other.label }),
      whereLine(asking, job),
    ],
    [other && otherButton(asking, job, other), buttons.cancel(asking, job.id)],
    job.id,
  )
}

const whereLine = (asking: Asking, job: Job): string =>
  tell(asking, job.request.isPrivate ? 'reply.accepted_private' : 'reply.where')

interface OtherMall {
  word: string
  name: string
  label: string
}

/** The mall that the typed word means to many other people, where we know it. */
function otherMall(asking: Asking, choice: SiteChoice | null): OtherMall | undefined {
  if (!choice?.word) return undefined
  const name = asking.desk.sites.resolve(choice.word)?.meant
  if (name === undefined || !asking.desk.sites.get(name)) return undefined
  return { word: choice.word, name, label: labelOf(asking, name) }
}

const otherButton = (asking: Asking, job: Job, other: OtherMall): Button => ({
  label: tell(asking, 'button.other_shop', { site: other.label }),
  style: 'normal',
  command: lineOf({
    command: switchShop,
    values: { id: job.id, site: { name: other.name, word: null } satisfies SiteChoice },
  }),
})

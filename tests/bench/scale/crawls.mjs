import { createHash } from 'node:crypto'
import { LISTED, search } from '../workloads.mjs'

/** Different searches that people ask for in turn: the shop makes their pages once, and keeps them. */
const SEARCHES = 16

/**
 * Crawls of `pages` listings each, one a person.
 * @param name begins the people's names, so that runs in one database are told apart
 */
export function crawlsOf(name, count, pages) {
  const searches = Array.from({ length: Math.min(SEARCHES, count) }, (_, at) => search(at * pages * LISTED, pages))
  const lines = Array.from({ length: count }, (_, at) => {
    const { words, limit } = searches[at % searches.length]
    return { person: `${name}-${at}`, text: `ssg ${words} --limit ${limit}` }
  })
  return { name, lines, pages, limit: pages * LISTED, paths: searches.flatMap(({ paths }) => paths) }
}

/** What was stored for each person of the crawls, as md5 over `id price` of each product in the order of the ids. */
const JOBS = `select a.external_id as person, j.state, j.pages, j.created_at, j.started_at, j.finished_at,
    (select count(*) from products p where p.job_id = j.id) as products,
    (select md5(string_agg(p.product_id || ' ' || p.price::bigint, E'\\n' order by p.product_id collate "C"))
      from products p where p.job_id = j.id) as sum
  from jobs j join accounts a on a.id = j.account_id where a.external_id like $1`

/**
 * The jobs of the crawls, as they ended.
 * @throws where one is missing, doubled, did not succeed, or has other products than the shop showed it
 */
export async function checkedJobs({ rows }, { name, lines, pages, limit }) {
  const jobs = await rows(JOBS, [`${name}-%`])
  if (jobs.length !== lines.length) throw new Error(`${jobs.length} jobs of ${lines.length}`)
  const wanted = new Map(lines.map(({ person, text }) => [person, text]))
  const { catalogue } = await import('../catalogue.mjs') // of the program, which was compiled meanwhile
  const sums = new Map()
  for (const job of jobs) {
    const text = wanted.get(job.person)
    wanted.delete(job.person)
    if (text === undefined) throw new Error(`${job.person} has a job twice`)
    if (!sums.has(text)) sums.set(text, sumOf(catalogue, text))
    const is = [job.state, job.products, job.pages, job.sum].join(' ')
    const should = ['succeeded', limit, pages, sums.get(text)].join(' ')
    if (is !== should) throw new Error(`the job of ${job.person} is "${is}", and should be "${should}"`)
  }
  return jobs
}

function sumOf(catalogue, text) {
  const [, from, to] = /(\d+)-(\d+)/.exec(text)
  const items = catalogue.items.slice(Number(from), Number(to))
  const lines = items.map(({ id, price }) => `${id} ${price}`).sort()
  return createHash('md5').update(lines.join('\n')).digest('hex')
}

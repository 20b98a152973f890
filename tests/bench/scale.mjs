// npm run bench:scale -- [--quick] [--only workers|users|grants] [--rounds N] [--json FILE] [--markdown [--note TEXT]]
// What it measures and what its figures mean: docs/scaling.md. It needs Linux, PostgreSQL and redis-server.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build } from './dist.mjs'
import { startShop } from './processes.mjs'
import { grantCases, runGrants } from './scale/grants.mjs'
import { text, writeMarkdown } from './scale/report.mjs'
import { crowds, runCrowd } from './scale/users.mjs'
import { runWorkers, workerSets } from './scale/workers.mjs'
import { machineText } from './tables.mjs'

const PARTS = ['workers', 'users', 'grants']

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
  },
})
if (options.only !== undefined && !PARTS.includes(options.only)) throw new Error(`--only is one of ${PARTS.join(', ')}`)
if (options.markdown && options.only !== undefined) throw new Error('--markdown wants all figures: leave --only out')
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3))
const isAsked = (part) => options.only === undefined || options.only === part
const figures = { workers: [], crowds: [], grants: [] }
const failures = []

build()
const shop = await startShop()
try {
  if (isAsked('workers')) for (let round = 1; round <= rounds; round += 1) await measureWorkers(round)
  if (isAsked('users')) for (const crowd of crowds(options.quick)) await measureCrowd(crowd)
  if (isAsked('grants')) for (const one of grantCases) await measureGrants(one)
} finally {
  shop.stop()
}
console.log(text(figures))
for (const { what, error } of failures) console.error(`${what}: ${error.stack}`)
if (failures.length > 0) process.exitCode = 1

/** Every set by every number of workers once: what else happens on the machine meets all alike. */
async function measureWorkers(round) {
  for (const set of workerSets(options.quick)) {
    if (set.isOnce && round > 1) continue
    for (const count of set.counts) {
      await measured(`round ${round}, ${set.title}, ${count} workers`, async () => {
        const run = await runWorkers(shop, set, count)
        figures.workers.push({ round, set: set.name, title: set.title, workers: count, ...run })
        return `${run.pages} pages in ${run.seconds.toFixed(1)} s`
      })
    }
  }
}

function measureCrowd(crowd) {
  return measured(`${crowd.name} users`, async () => {
    const run = await runCrowd(shop, crowd, options.quick)
    figures.crowds.push({ name: crowd.name, ...run })
    return `${run.users} jobs in ${run.seconds.toFixed(1)} s, told after ${run.toldSeconds.toFixed(1)} s`
  })
}

function measureGrants(one) {
  return measured(`${one.users} users on ${one.hosts} hosts`, async () => {
    const run = await runGrants(one, options.quick ? 2 : 10)
    figures.grants.push(run)
    return `${run.perSecond.toFixed(0)} grants a second`
  })
}

/** A run that fails is left out and told; the others are measured. Files are written after each. */
async function measured(what, act) {
  const startedAt = performance.now()
  try {
    const said = await act()
    process.stderr.write(`${what}: ${said} (whole run ${((performance.now() - startedAt) / 1_000).toFixed(0)} s)\n`)
    write()
  } catch (error) {
    failures.push({ what, error })
    process.stderr.write(`${what}: ${error.message}\n`)
  }
}

function write() {
  const left = failures.map(({ what }) => ` ${what}: failed and is left out.`).join('')
  const about = { rounds, isQuick: options.quick, note: `${options.note}${left}`.trim() }
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ machine: machineText(), ...about, ...figures }, null, 2)}\n`)
  if (options.markdown) writeMarkdown(figures, about)
}

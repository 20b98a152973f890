// npm run bench -- [--quick] [--only NAME[,NAME]] [--rounds N] [--json FILE] [--markdown [--note TEXT]]
// What it measures and what its figures mean: docs/performance.md.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { build, installPeers } from './dist.mjs'
import { runContestant, startShop } from './processes.mjs'
import { goalTable, rowsOf, table, writeMarkdown } from './report.mjs'
import { workloads } from './workloads.mjs'

/** Contestants that are the program itself. */
const OWN = ['shopcrawl', 'chat']

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
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5))
const only = options.only?.split(',')
const chosen = workloads(options.quick).filter(({ name }) => !only || only.some((part) => name.startsWith(part)))
if (chosen.length === 0) throw new Error(`no workload is named ${options.only}`)

build()
if (chosen.some(({ contestants }) => contestants.some((name) => !OWN.includes(name)))) installPeers()
const shop = await startShop()
const runs = []
const failures = []
try {
  for (let round = 1; round <= rounds; round += 1) {
    await runRound(round)
    write(round) // after each: who ends the benchmark early has what was measured
  }
} finally {
  shop.stop()
}

console.log(table(rowsOf(chosen, runs)))
if (options.quick)
  console.log('The goals below are meant for the whole benchmark; the quick form is smaller and less warm.')
console.log(goalTable(runs))
for (const { round, workload, error } of failures) console.error(`round ${round}, ${workload}: ${error.message}`)
if (failures.length > 0) process.exitCode = 1

/** Every contestant of every workload once: what else happens on the machine meanwhile meets all alike. */
async function runRound(round) {
  for (const workload of chosen) {
    try {
      runs.push(...(await runWorkload(round, workload)))
    } catch (error) {
      failures.push({ round, workload: workload.name, error }) // its round is left out; the others are measured
    }
  }
}

async function runWorkload(round, workload) {
  const mine = []
  const checks = new Set()
  for (const contestant of workload.contestants) {
    const measured = await runContestant(contestant, shop, workload)
    if (contestant !== 'discard') checks.add(check(workload, measured, contestant))
    mine.push({ round, workload: workload.name, contestant, pages: workload.load.pages, ...measured })
    if (process.stderr.isTTY || options.rounds) tell(round, workload, contestant, measured)
  }
  if (checks.size > 1) throw new Error('contestants read different products')
  return mine
}

function write(round) {
  const rows = rowsOf(chosen, runs)
  const left = failures.map(
    ({ round: failed, workload }) => ` ${workload} failed in round ${failed}, which is left out.`,
  )
  const machine = {
    cpus: cpus().length,
    model: cpus()[0].model,
    node: process.version,
    rounds: round,
    isQuick: options.quick,
    note: `${options.note}${left.join('')}`.trim(),
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, rows, runs }, null, 2)}\n`)
  if (options.markdown) writeMarkdown(machine, rows, runs)
}

function check({ load }, { products, checksum }, contestant) {
  if (products === load.products) return checksum
  throw new Error(`${contestant} read ${products} products of ${load.products}`)
}

function tell(round, { name }, contestant, { seconds, cpuSeconds, rssMb }) {
  const figures = `${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${rssMb.toFixed(0)} MB`
  process.stderr.write(`${round}/${rounds} ${name} ${contestant}: ${figures}\n`)
}

// npm run soak [-- --embedded] [--minutes N] [--seed N]
// Half an hour of people and faults over the whole set-up on servers of this machine; exits 1 where anything was lost.
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'

const { values } = parseArgs({
  options: {
    embedded: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
if (!(Number(values.minutes) > 0)) throw new Error('--minutes wants a number above 0')
process.env.SOAK_FORM = values.embedded ? 'embedded' : 'full'
process.env.SOAK_MINUTES = values.minutes
process.env.SOAK_SEED = values.seed

const runner = await startVitest('test', [], {
  ...{ include: ['tests/soak/soak.ts'], watch: false, reporters: ['default'], disableConsoleIntercept: true },
  ...{ testTimeout: 0, hookTimeout: 0, fileParallelism: false },
})
await runner.close()

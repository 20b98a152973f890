import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answer } from '../processes.mjs'
import { startRedis } from './servers.mjs'

const ASKER = fileURLToPath(new URL('./asker.mjs', import.meta.url))
/** Processes that ask. */
const ASKERS = 2

/** How many people ask how many hosts. */
export const grantCases = [
  { users: 4, hosts: 1 },
  { users: 100, hosts: 1 },
  { users: 100, hosts: 20 },
]

/** What the hosts' line on Redis gives out, with nothing behind it: no page is fetched. */
export async function runGrants({ users, hosts }, seconds) {
  const redis = await startRedis()
  const askers = Array.from({ length: ASKERS }, () => fork(ASKER))
  try {
    const cpu = () => Promise.all([redis.info('used_cpu_user'), redis.info('used_cpu_sys')])
    const answers = askers.map((asker) => answer(asker))
    for (const asker of askers) asker.send({ url: redis.url, users: users / ASKERS, hosts, seconds })
    await Promise.all(answers)
    const before = await cpu()
    const measured = askers.map((asker) => answer(asker))
    for (const asker of askers) asker.send({ isGo: true })
    const counts = await Promise.all(measured)
    const after = await cpu()
    const grants = counts.reduce((sum, { grants: some }) => sum + some, 0)
    const redisSeconds = after[0] + after[1] - before[0] - before[1]
    return {
      ...{ users, hosts, perSecond: grants / seconds, redisMs: (redisSeconds * 1_000) / grants },
      waitMs: counts.flatMap(({ waitMs }) => waitMs),
    }
  } finally {
    for (const asker of askers) asker.kill()
    await redis.stop()
  }
}

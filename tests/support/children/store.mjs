// A process of its own on a DATA_DIR: does what the parent says, one message at a time, and answers each.

import { backupStore, openStore } from '../../../dist/db/index.js'
import { Sqlite } from '../../../dist/db/sqlite/driver.js'
import { systemClock } from '../../../dist/src/clock.js'
import { createForgetting } from '../../../dist/src/upkeep/forget.js'
import { arm } from './kill-at.mjs'

const [dataDir] = process.argv.slice(2)
const database = `${dataDir}/shopcrawl.sqlite`
let store
let holding

/** A crowded server did nothing and says so: whoever asked sends it again. */
const createOnceFree = async (userId, draft) => {
  for (;;) {
    try {
      return await store.ownerJobs.create(userId, draft)
    } catch (error) {
      const passes = process.env.DATABASE_URL ? ['store.busy', 'store.unreachable'] : ['store.busy']
      if (!passes.includes(error.code)) throw error
    }
  }
}

const acts = {
  open: async () => {
    store = await openStore({
      dataDir,
      databaseUrl: process.env.DATABASE_URL,
      commandConnections: Number(process.env.CONNECTIONS ?? 0) || undefined,
      clock: systemClock,
      emit: () => undefined,
      locale: 'ko',
    })
  },
  submit: async ({ userId, draft, times }) => {
    const answers = await Promise.all(Array.from({ length: times }, () => createOnceFree(userId, draft)))
    return answers.map((answer) => ({ kind: answer.kind, id: answer.job.id }))
  },
  checkpoint: async ({ lease, page }) => {
    arm()
    return store.frontier.checkpoint(lease, page)
  },
  merge: async ({ account, hash, allowed }) => {
    arm()
    return store.linking.merge(account, hash, allowed)
  },
  forget: async ({ account }) => {
    arm()
    const rest = () => Promise.resolve()
    const parts = {
      queue: { interrupt: rest },
      emit: rest,
      removeFolder: rest,
      removeFiles: rest,
      noticed: () => undefined,
    }
    const forgetting = createForgetting({ store: store.forget, ...parts, faultId: () => 'fault' })
    return forgetting.forget(account, { tellOthers: true })
  },
  own: async (ask) => (await store.owner.take(ask)) !== undefined,
  hold: async () => {
    holding = new Sqlite(database)
    holding.exec('begin immediate')
  },
  letGo: async () => holding.close(),
  backup: async ({ path }) => backupStore({ dataDir, target: path }),
  close: async () => store.close(),
}

process.on('message', async ({ act, facts }) => {
  try {
    process.send({ result: await acts[act](facts) })
  } catch (error) {
    process.send({ error: { name: error.name, code: error.code, facts: error.facts, message: error.message } })
  }
})
process.on('disconnect', () => process.exit(0))

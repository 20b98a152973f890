import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './store-house.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The migration that the next version brings: it only adds, as one between two releases side by side has to. */
export const NEXT_MIGRATION = '9999-next'
const STEP = `'${NEXT_MIGRATION}': {
  up: async (db) => {
    await db.schema.alterTable('jobs').addColumn('remark', 'text').execute()
    await db.schema.alterTable('products').addColumn('remark', 'text').execute()
    await db.schema.alterTable('outbox').addColumn('remark', 'text').execute()
    await db.schema.createTable('remarks').addColumn('id', 'text', (c) => c.primaryKey()).execute()
  },
},`

/** A copy of the compiled program as its next version might be: one migration more, and a checkpoint of its own. */
export interface NextVersion {
  /** Of its command line. */
  program: string
  remove(): void
}

export function buildNextVersion(): NextVersion {
  const folder = makeFolder()
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  change(join(folder, 'dist/db/migrations/index.js'), 'const STEPS = {', `const STEPS = {\n${STEP}`)
  change(join(folder, 'dist/db/postgres/checkpoint.js'), 'declare\n', 'declare -- the next version\n')
  return {
    program: join(folder, 'dist/src/cli.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function change(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`)
  writeFileSync(path, text.replace(from, to))
}

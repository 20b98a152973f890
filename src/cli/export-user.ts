import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { build } from '../main.ts'
import { exportUser as writeExport } from '../upkeep/export-user.ts'
import { checkFolder } from './crawl-request.ts'
import { DONE } from './exit-codes.ts'
import { findPerson } from './find-person.ts'
import type { Program } from './program.ts'

/** The options of `shopcrawl export-user`, as typed. */
export interface ExportFlags {
  out?: string
}

/**
 * `shopcrawl export-user USER|ACCOUNT`: everything that is stored about a person as one JSON file, whose path goes to
 * standard output. It only reads, beside a running service too.
 * @throws Refusal `user.unknown`, `backup.exists`, `out.unwritable`, and the store's
 */
export async function exportUser(program: Program, given: string, flags: ExportFlags): Promise<number> {
  const { config, telemetry, locale, say, tell } = program
  if (flags.out === undefined) await checkFolder('out.unwritable')
  const house = await build(config, { telemetry, platforms: [], store: { mustExist: true } })
  try {
    const { user } = await findPerson(house, given)
    const path = flags.out ?? join(process.cwd(), `shopcrawl-user-${user}.json`)
    const { jobs, size } = await writeExport(house.store.export, user, path, systemClock.now())
    tell(say(locale, 'cli.exported', { jobs, size }))
    process.stdout.write(`${path}\n`)
    return DONE
  } finally {
    await house.stop()
  }
}

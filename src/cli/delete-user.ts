import { createInterface } from 'node:readline'
import { Refusal } from '../errors.ts'
import { build } from '../main.ts'
import { accountName } from '../messages/format.ts'
import { DONE, FAILED } from './exit-codes.ts'
import { findPerson } from './find-person.ts'
import type { Program } from './program.ts'

/** The options of `shopcrawl delete-user`, as typed. */
export interface DeleteFlags {
  yes?: true
}

/** The answer that deletes. */
const YES = 'yes'

/**
 * `shopcrawl delete-user USER|ACCOUNT`: what `/crawl forget` does, by an administrator: it stands in the audit list, and
 * nobody is told. Beside a running service the job's worker learns at its next page that it is over.
 * @throws Refusal `user.unknown`, `args.yes_missing`, and the store's
 */
export async function deleteUser(program: Program, given: string, flags: DeleteFlags): Promise<number> {
  const { config, telemetry, locale, say, tell } = program
  const house = await build(config, { telemetry, platforms: [], store: { mustExist: true } })
  try {
    const person = await findPerson(house, given)
    const accounts = person.accounts.map(accountName).join(', ')
    const { jobs, bytes: size } = await house.forgetting.holdings(person.user)
    if (!flags.yes) {
      process.stderr.write(`${say(locale, 'cli.ask_delete', { accounts, jobs, size, yes: YES })} `)
      if ((await readAnswer()) !== YES) {
        tell(say(locale, 'cli.not_deleted'))
        return FAILED
      }
    }
    const actor = { role: 'admin', way: 'shell', address: '' } as const
    const { isDone } = await house.forgetting.forget(person.accounts[0].id, { tellOthers: false, actor })
    tell(isDone ? say(locale, 'cli.deleted', { accounts }) : say(locale, 'cli.deleted_begun'))
    return isDone ? DONE : FAILED
  } finally {
    await house.stop()
  }
}

/** One line of standard input. @throws Refusal `args.yes_missing` where there is none */
async function readAnswer(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  try {
    for await (const line of lines) return line.trim().toLowerCase()
  } finally {
    lines.close()
  }
  process.stderr.write('\n') // behind the question
  throw new Refusal('args.yes_missing', { option: '--yes' })
}

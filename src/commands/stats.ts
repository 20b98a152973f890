import { Refusal } from '../errors.ts'
import { writeAccountName } from '../users/roles.ts'
import { type Asking, command } from './command.ts'
import { answer, labelOf, tell } from './told.ts'

/** Days that `stats` shows; those without a job are left out. */
const DAYS_SHOWN = 7

/** `stats`: the numbers of the service, for administrators (ADMIN_USERS) alone. */
export const stats = command({
  name: 'stats',
  names: ['통계', '현황'],
  help: 'help.stats',
  options: {},
  examples: ['stats'],
  isForAdministrators: true,
  run: async (asking) => {
    const { desk, asker } = asking
    if (!desk.isAdministrator(asker.account))
      throw new Refusal('admin.only', { setting: 'ADMIN_USERS', account: writeAccountName(asker.account) })
    const totals = await desk.stats.totals()
    const days = totals.byDay.slice(-DAYS_SHOWN).filter((day) => day.completed + day.failed + day.cancelled > 0)
    return answer([
      tell(asking, 'stats.users', totals),
      tell(asking, 'stats.jobs', totals),
      totals.workers === undefined ? undefined : tell(asking, 'stats.workers', { workers: totals.workers }),
      ...part(
        tell(asking, 'stats.by_site'),
        totals.bySite.map((row) => tell(asking, 'stats.site', { ...row, site: labelOf(asking, row.site) })),
      ),
      ...part(
        tell(asking, 'stats.by_day'),
        days.reverse().map((row) => tell(asking, 'stats.day', row)),
      ),
    ])
  },
})

const part = (title: string, rows: string[]) => (rows.length === 0 ? [] : [{ bold: title }, ...rows])

/** The commands that this person may give, for help. */
export const commandsFor = ({ desk, asker }: Asking) =>
  desk.commands.filter((one) => !one.isInternal && (!one.isForAdministrators || desk.isAdministrator(asker.account)))

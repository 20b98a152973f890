import { createLastButtons, rememberingButtons } from '../chat/last-buttons.ts'
import type { Platform } from '../chat/platform.ts'
import { type Autocomplete, createAutocomplete } from '../commands/autocomplete.ts'
import type { Dispatch } from '../commands/command.ts'
import { createDispatch } from '../commands/dispatch.ts'
import { createAdmission } from '../jobs/admission.ts'
import { createJobs } from '../jobs/create-jobs.ts'
import type { Thread } from '../jobs/job.ts'
import { createOverride, type Override } from '../jobs/override.ts'
import type { Jobs } from '../jobs/service.ts'
import { signLink } from '../results/links.ts'
import { createStats, type Stats } from '../stats/stats.ts'
import { createLinking } from '../users/linking.ts'
import { isAdministrator } from '../users/roles.ts'
import { isWorkerless } from './chatting.ts'
import { isListAllowed } from './crawling.ts'
import type { Ground } from './ground.ts'

/** What people's commands are answered with. */
export interface Desk {
  jobs: Jobs
  dispatch: Dispatch
  autocomplete: Autocomplete
  stats: Stats
  override: Override
  platforms: Platform[]
}

/** Puts together what answers people. */
export function createDesk(ground: Ground): Desk {
  const { config, options, clock, sites, store, queue, http, results } = ground
  const { emit } = options.telemetry
  const lastButtons = createLastButtons(store.buttons)
  const linkOf = async (thread: Thread) =>
    (await options.platforms.find(({ name }) => name === thread.platform)?.link(thread)) ?? null
  const admit = createAdmission({
    store: store.override,
    sites,
    guard: http.guard,
    robots: http.robots,
    folder: config.dataDir,
    today: ground.today,
  })
  const stats = statsOf(ground)
  const service = {
    store: store.ownerJobs,
    queue,
    emit,
    quota: config,
    contact: config.adminContact,
    admit,
    linkOf,
  }
  const jobs = createJobs({ ...service, changed: ground.changed })
  const dispatch = createDispatch({
    ...{ users: store.users, commands: store.commands, jobs, results, sites, clock, emit, linkOf, lastButtons, stats },
    isAdministrator: (account) => isAdministrator(config.adminUsers, account),
    isWorkerless: () => isWorkerless(ground),
    linking: createLinking({ ...store, store: store.linking, emit, tidy: results.tidy, noticed: ground.changed }),
    forgetting: ground.forgetting,
    linkToFile: (claim) =>
      config.publicUrl && config.publicUrl + signLink(ground.linkKeys.all()[0], claim, clock.now()),
    robotsKnown: (site) => isListAllowed(ground, site),
    options: {
      locale: config.locale,
      timeZone: config.timeZone,
      maxProducts: config.maxProducts,
      isPrivate: config.threads === 'private',
      commandsPerMinute: config.commandsPerMinute,
      contact: config.adminContact,
    },
  })
  const autocomplete = createAutocomplete({ ...store, jobs, sites, options: config })
  const override = createOverride({
    ...{ store: store.override, queue, emit, admit, changed: ground.changed },
    hasSite: (name) => sites.get(name) !== undefined,
  })
  return {
    jobs,
    dispatch,
    autocomplete,
    stats,
    override,
    platforms: options.platforms.map((it) => rememberingButtons(it, lastButtons)),
  }
}

const statsOf = ({ config, store, clock, crews }: Ground): Stats =>
  createStats({ store: store.stats, clock, timeZone: config.timeZone, workers: () => crews?.workers.count() })

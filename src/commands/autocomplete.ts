import type { Jobs } from '../jobs/service.ts'
import { toTopic } from '../jobs/topic.ts'
import { cut } from '../messages/format.ts'
import type { Locale } from '../messages/locale.ts'
import { createSay } from '../messages/say.ts'
import { keysOf } from '../sites/keyboard.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { UserStore } from '../users/store.ts'
import type { AccountKey, User } from '../users/user.ts'
import { CHOICE_LENGTH_MAX, CHOICES_MAX } from './limits.ts'
import type { Option } from './options.ts'
import type { CommandStore } from './store.ts'

/** One thing to choose: what is shown, and what is put into the option. Both at most 100 characters. */
export interface Choice {
  name: string
  value: string
}

/** What a person is typing. */
export interface Typing {
  account: AccountKey & { locale: Locale | undefined }
  kind: Option['kind']
  /** As far as it is typed. */
  value: string
}

/** Choices for what is being typed, at most 25. From memory, or one short read of the person's own rows. Never throws. */
export type Autocomplete = (typing: Typing) => Promise<Choice[]>

export interface AutocompleteParts {
  users: Pick<UserStore, 'find'>
  commands: Pick<CommandStore, 'recentWords'>
  jobs: Pick<Jobs, 'history'>
  sites: Pick<SiteRegistry, 'all'>
  options: { locale: Locale; timeZone: string }
}

export function createAutocomplete(parts: AutocompleteParts): Autocomplete {
  return async (typing) => {
    try {
      const choices = await choicesFor(parts, typing)
      return choices
        .filter((choice) => matches(choice, typing.value))
        .filter((choice) => choice.value.length <= CHOICE_LENGTH_MAX)
        .map((choice) => ({ ...choice, name: cut(choice.name, CHOICE_LENGTH_MAX - 1) }))
        .slice(0, CHOICES_MAX)
    } catch {
      return [] // no choices are better than an error under the keyboard; the command itself will say what is wrong
    }
  }
}

/** Any part of the shown text or the value, in either keyboard layout. */
function matches({ name, value }: Choice, typed: string): boolean {
  const keys = keysOf(typed.trim())
  return keysOf(name).includes(keys) || keysOf(value).includes(keys)
}

async function choicesFor(parts: AutocompleteParts, { account, kind }: Typing): Promise<Choice[]> {
  if (kind === 'site') return siteChoices(parts, account.locale ?? parts.options.locale)
  if (kind !== 'words' && kind !== 'job') return []
  const known = await parts.users.find(account)
  if (!known || known.user.blockedAt !== null) return []
  const locale = known.user.locale ?? account.locale ?? parts.options.locale
  return kind === 'words' ? wordChoices(parts, known.user) : jobChoices(parts, known.user, locale)
}

const siteChoices = ({ sites }: AutocompleteParts, locale: Locale): Choice[] =>
  sites
    .all()
    .filter((site) => site.hosts.length > 0)
    .map((site) => ({ name: `${site.name} · ${site.label[locale]}`, value: site.name }))

const wordChoices = async ({ commands }: AutocompleteParts, user: User): Promise<Choice[]> =>
  (await commands.recentWords(user.id, CHOICES_MAX)).map((words) => ({ name: words, value: words }))

async function jobChoices(parts: AutocompleteParts, user: User, locale: Locale): Promise<Choice[]> {
  const say = createSay(parts.options.timeZone)
  const { jobs } = await parts.jobs.history(user.id, CHOICES_MAX)
  const labels = new Map(parts.sites.all().map((site) => [site.name, site.label[locale]]))
  return jobs.map((job) => {
    const topic = toTopic(job, labels.get(job.request.site) ?? job.request.site)
    return {
      name: say(locale, 'reply.history_row', { ...topic, state: job.state, products: job.products }),
      value: job.id,
    }
  })
}

import { createHash, randomBytes } from 'node:crypto'
import { Refusal } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { Emit } from '../telemetry/events.ts'
import type { CodeAnswer, LinkStore, TriesAllowed, UserStore } from './store.ts'
import type { Account } from './user.ts'

/** How long a code holds, in milliseconds. */
export const CODE_LIFE_MS = 600_000
/** Wrong codes: five in ten minutes an account, fifty a day a workspace. A wrong code matches no row, so codes cannot be counted. */
export const TRIES_ALLOWED: TriesAllowed = {
  account: { tries: 5, ms: 600_000 },
  workspace: { tries: 50, ms: 86_400_000 },
}
/** Crockford's base 32: no letter that is taken for another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 60 bits: with a try every two minutes, guessing takes longer than the universe. */
const CODE_LENGTH = 12
const GROUP = 4

/** Letters that people take for others. */
const TAKEN_FOR: Record<string, string> = { O: '0', I: '1', L: '1' }

/** A code's letters, however they were typed: case, hyphens, O for 0. */
export const codeLetters = (given: string): string =>
  given
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/[OIL]/g, (letter) => TAKEN_FOR[letter]!)

/** A code as it is shown: `ABCD-EFGH-JKMN`. */
export const shownCode = (letters: string): string => letters.match(new RegExp(`.{1,${GROUP}}`, 'g'))?.join('-') ?? ''

/** 32 letters are 5 bits of a byte each: none is likelier than another. */
const newLetters = (): string => [...randomBytes(CODE_LENGTH)].map((byte) => LETTERS[byte & 31]).join('')

/** What is stored of a code. Its 60 random bits need no slow hash. */
const hashOf = (letters: string): string => createHash('sha256').update(`link code\n${letters}`).digest('base64url')

export interface LinkingParts {
  store: LinkStore
  users: Pick<UserStore, 'accountsOf'>
  emit: Emit
  /** Removes files on disk that are no longer in their user's rows. */
  tidy(owner: UserId): Promise<void>
  /** A notice waits to be told. */
  noticed(): void
}

/** One person, several accounts. */
export interface Linking {
  /** A new code for this account, as shown; its former one ends. */
  offer(account: Account): Promise<string>
  /**
   * Whose code it is. Nothing is changed.
   * @throws Refusal `link.code_unknown`, `link.too_many`, `link.same_chat`, `link.already`
   */
  look(account: Account, letters: string): Promise<Account>
  /**
   * Makes both accounts' users one. The starter is told.
   * @returns all accounts of the one user, the one given first
   * @throws as look, and Refusal `link.both_active`
   */
  confirm(account: Account, letters: string): Promise<Account[]>
  /**
   * Gives the account its own user again, with its own jobs and files.
   * @returns the accounts that it was linked with
   * @throws Refusal `link.none`
   */
  leave(account: Account): Promise<Account[]>
  /** Ends a code that others may have read. */
  burn(letters: string): Promise<void>
  /** The other accounts of the same user. */
  others(account: Account): Promise<Account[]>
}

/** Linking over its storage. */
export function createLinking(parts: LinkingParts): Linking {
  const { store, emit } = parts
  const othersOf = async (account: Account, user: UserId): Promise<Account[]> =>
    (await parts.users.accountsOf(user)).filter(({ id }) => id !== account.id)
  // the rows say whose a file is: one that stays on disk a while opens to nobody, and goes at the next start
  const tidy = (owner: UserId) => parts.tidy(owner).catch(() => undefined)

  return {
    others: (account) => othersOf(account, account.userId),
    burn: (letters) => store.burn(hashOf(letters)),
    async offer(account) {
      const letters = newLetters()
      await store.offer(account.id, hashOf(letters), CODE_LIFE_MS)
      return shownCode(letters)
    },
    async look(account, letters) {
      const answer = await store.look(account.id, hashOf(letters), TRIES_ALLOWED)
      return answer.kind === 'good' ? answer.starter : refuse(account, answer)
    },
    async confirm(account, letters) {
      const answer = await store.merge(account.id, hashOf(letters), TRIES_ALLOWED)
      if (answer.kind === 'both_active') {
        const { starter, own } = answer
        const words = own.url ?? own.words
        throw new Refusal('link.both_active', { jobId: own.id, site: own.site, words, platform: starter.platform })
      }
      if (answer.kind !== 'merged') return refuse(account, answer)
      emit('account.linked', { user: answer.survivor, merged: answer.merged, account: account.id })
      parts.noticed()
      await tidy(answer.merged)
      return [account, ...(await othersOf(account, answer.survivor))]
    },
    async leave(account) {
      const parted = await store.leave(account.id)
      if (!parted) throw new Refusal('link.none', {})
      emit('account.split', { user: parted.user, former: parted.former, account: account.id })
      await tidy(parted.former)
      return parts.users.accountsOf(parted.former)
    },
  }
}

function refuse(account: Account, { kind }: Exclude<CodeAnswer, { kind: 'good' }>): never {
  const { account: own } = TRIES_ALLOWED
  if (kind === 'too_many') throw new Refusal('link.too_many', { tries: own.tries, minutes: own.ms / 60_000 })
  if (kind === 'same_chat') throw new Refusal('link.same_chat', { platform: account.platform })
  throw new Refusal(kind === 'already' ? 'link.already' : 'link.code_unknown', {})
}

import { Refusal } from '../errors.ts'
import { isId, type JobId } from '../ids.ts'
import type { SentenceKey } from '../messages/sentences.ts'
import { FORMATS, type Format } from '../results/format.ts'
import { keysOf } from '../sites/keyboard.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import { codeLetters, shownCode } from '../users/linking.ts'
import { readAddress } from './address.ts'
import { STANDARD_LIMIT, WORDS_MAX } from './limits.ts'

/** What reading a line needs to know of the world. */
export interface Reading {
  sites: Pick<SiteRegistry, 'resolve' | 'nearest' | 'get'>
  /** The highest limit (MAX_PRODUCTS). */
  maxProducts: number
}

/** The keys of sentences that explain an option in help and on platforms that show one. */
export type HelpKey = Extract<SentenceKey, `help.${string}`>
/** Those of them that need no facts. */
export type PlainHelpKey = Exclude<HelpKey, 'help.limit' | 'help.format'>
export type PlaceholderKey = Extract<SentenceKey, `placeholder.${string}`>

/**
 * One thing that a command takes. The parser, help, autocompletion and the platforms' registrations read these fields;
 * nothing else knows what an option looks like.
 */
export interface Option<T = unknown> {
  kind: 'site' | 'words' | 'url' | 'count' | 'choice' | 'flag' | 'job' | 'code'
  /** `word`: the next bare word; `rest`: all bare words that are left; `named`: behind `--name`. */
  form: 'word' | 'rest' | 'named'
  help: HelpKey
  placeholder: PlaceholderKey
  /** Other names behind `--`, Korean ones among them. */
  aliases: readonly string[]
  isRequired: boolean
  choices?: readonly string[]
  /** Whether a bare word may be this option's; one that may not is the next option's. Absent: any may. */
  fits?(given: string): boolean
  /** The value when nothing was typed. */
  absent(reading: Reading): T
  /** @throws Refusal of what was typed */
  read(given: string, reading: Reading): T
  /** The words that read to this value again. */
  write(value: T): string
}

/** A shop as a person named it. `word` is kept where it means another mall to many people. */
export interface SiteChoice {
  name: string
  word: string | null
}

const base = { aliases: [], isRequired: false } as const

/** A shop: name, alias, wrong keyboard layout. */
export const site = (): Option<SiteChoice | null> => ({
  ...base,
  kind: 'site',
  form: 'word',
  help: 'help.site',
  placeholder: 'placeholder.site',
  absent: () => null,
  read: readSite,
  write: (value) => value?.word ?? value?.name ?? '',
})

function readSite(given: string, { sites }: Reading): SiteChoice {
  const found = sites.resolve(given)
  if (found) return { name: found.site.name, word: found.meant === undefined ? null : given }
  throw new Refusal('site.unknown', { word: given, suggestion: sites.nearest(given) })
}

/** Search words: all that is left of the line. */
export const words = (): Option<string> => ({
  ...base,
  kind: 'words',
  form: 'rest',
  help: 'help.words',
  placeholder: 'placeholder.words',
  absent: () => '',
  read: readWords,
  write: (value) => value,
})

function readWords(given: string): string {
  const length = [...given].length
  if (length > WORDS_MAX) throw new Refusal('args.words_too_long', { length, max: WORDS_MAX })
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(given) ? given : '' // joiners and marks alone show nothing
}

/** An address in the place of a shop. */
export const url = (): Option<string | null> => ({
  ...base,
  kind: 'url',
  form: 'word',
  help: 'help.url',
  placeholder: 'placeholder.url',
  absent: () => null,
  read: readAddress,
  write: (value) => value ?? '',
})

/** How many products: digits, with or without commas and a counting word. */
export const limit = (): Option<number> => ({
  ...base,
  kind: 'count',
  form: 'named',
  help: 'help.limit',
  placeholder: 'placeholder.count',
  aliases: ['개수', '최대', 'max'],
  absent: ({ maxProducts }) => Math.min(STANDARD_LIMIT, maxProducts),
  read: readLimit,
  write: String,
})

function readLimit(given: string, { maxProducts }: Reading): number {
  const digits = /^(\d[\d,]{0,14})\s?(?:개|건|products?)?$/i.exec(given)?.[1]?.replaceAll(',', '')
  const value = Number(digits)
  if (digits === undefined || value < 1 || value > maxProducts) {
    throw new Refusal('args.limit', { given, max: maxProducts })
  }
  return value
}

/** The number of a button, from 1, as it was typed: which ones the person saw last is known when it is pressed. */
export const buttonNumber = (): Option<string> => ({
  ...base,
  kind: 'count',
  form: 'word',
  help: 'help.number',
  placeholder: 'placeholder.number',
  isRequired: true,
  absent: () => '',
  read: (given) => given,
  write: (given) => given,
})

/** A code that links accounts: its letters. On the wrong keyboard layout too. */
export const linkCode = (): Option<string | null> => ({
  ...base,
  kind: 'code',
  form: 'word',
  help: 'help.code',
  placeholder: 'placeholder.code',
  aliases: ['코드'],
  absent: () => null,
  read: (given) => codeLetters(keysOf(given)),
  write: (value) => (value === null ? '' : shownCode(value)),
})

/** One word of a list, in any case. */
export function oneOf<const C extends string, const A extends C | null>(
  choices: readonly C[],
  about: {
    form: 'word' | 'named'
    help: HelpKey
    placeholder: PlaceholderKey
    absent: A
    isRequired?: boolean
    aliases?: string[]
    /** Other words for a choice. */
    synonyms?: Record<string, C>
    /** A bare word that is no choice is the next option's. */
    mayBeNext?: boolean
    refuse: (given: string, known: string) => Refusal
  },
): Option<C | A> {
  const choiceOf = (given: string): C | undefined => {
    const word = given.toLowerCase().replace(/^\./, '')
    return choices.find((one) => one === word) ?? about.synonyms?.[word]
  }
  return {
    kind: 'choice',
    form: about.form,
    help: about.help,
    placeholder: about.placeholder,
    aliases: about.aliases ?? [],
    isRequired: about.isRequired ?? false,
    choices,
    absent: () => about.absent,
    ...(about.mayBeNext && { fits: (given: string) => choiceOf(given) !== undefined }),
    read: (given) => {
      const choice = choiceOf(given)
      if (choice === undefined) throw about.refuse(given, choices.join(', '))
      return choice
    },
    write: (value) => value ?? '',
  }
}

/** The form of the file. `absent`: xlsx for a new job, null for "as the job said". */
export const format = <const A extends Format | null>(absent: A): Option<Format | A> =>
  oneOf(FORMATS, {
    form: 'named',
    help: 'help.format',
    placeholder: 'placeholder.format',
    absent,
    aliases: ['형식', '파일'],
    synonyms: { excel: 'xlsx', 엑셀: 'xlsx', ndjson: 'jsonl' },
    refuse: (given, known) => new Refusal('args.format', { given, known }),
  })

/** There or not. */
export const flag = (help: HelpKey, aliases: string[]): Option<boolean> => ({
  ...base,
  kind: 'flag',
  form: 'named',
  help,
  placeholder: 'placeholder.words',
  aliases,
  absent: () => false,
  read: (given) => !/^(?:false|no|off|0)$/i.test(given),
  write: () => '',
})

/** The id of a job. A text that is none is answered as another's id is. */
export const jobId = (about: { isRequired: boolean } = { isRequired: false }): Option<JobId | null> => ({
  ...base,
  kind: 'job',
  form: 'word',
  help: 'help.id',
  placeholder: 'placeholder.id',
  isRequired: about.isRequired,
  absent: () => null,
  read: (given) => {
    if (!isId(given)) throw new Refusal('job.unknown', { given })
    return given as JobId
  },
  write: (value) => value ?? '',
})

import { access, constants, stat } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { jobRequestOf, type Wish } from '../commands/crawl.ts'
import { parse, type TypedOptions } from '../commands/grammar.ts'
import { COMMANDS } from '../commands/table.ts'
import { Refusal } from '../errors.ts'
import type { JobRequest } from '../jobs/job.ts'
import { FORMATS, type Format, isFormat } from '../results/format.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import { tryWriting } from '../upkeep/check-folder.ts'

/** The options of `shopcrawl crawl`, as typed. */
export interface CrawlFlags {
  limit?: string
  format?: string
  out?: string
}

/**
 * Reads `<site|url> [words…]` with the grammar of chat.
 * @throws Refusal of `args.…`, `site.…` and `url.…` codes
 */
export function readCrawl(words: string[], flags: CrawlFlags, sites: SiteRegistry, maxProducts: number): JobRequest {
  const format = formatOf(flags)
  const typed: TypedOptions = { ...(format && { format }), ...(flags.limit !== undefined && { limit: flags.limit }) }
  const { command, values } = parse(words.join(' '), COMMANDS, { sites, maxProducts }, typed)
  if (command.name !== 'crawl') throw new Refusal('site.unknown', { word: words[0] ?? '', suggestion: null })
  return jobRequestOf(values as Wish, sites, false)
}

/** The file's ending decides; it may not contradict `--format`. */
function formatOf({ format, out }: CrawlFlags): Format | undefined {
  if (format !== undefined && !isFormat(format))
    throw new Refusal('args.format', { given: format, known: FORMATS.join(', ') })
  if (out === undefined) return format as Format | undefined
  const ending = extname(out).slice(1).toLowerCase()
  if (!isFormat(ending)) {
    if (format !== undefined) return format as Format
    const known = FORMATS.map((it) => `.${it}`).join(', ')
    if (ending === '') throw new Refusal('args.out_ending', { out, known })
    throw new Refusal('args.format', { given: ending, known: FORMATS.join(', ') })
  }
  if (format !== undefined && format !== ending) throw new Refusal('args.out_conflict', { out, format })
  return ending
}

/**
 * Whether a file can be written there, asked before a long crawl.
 * @throws Refusal `out.unwritable`
 */
export async function checkOut(out: string): Promise<void> {
  const path = resolve(out)
  const there = await stat(path).catch(() => undefined)
  if (there && !there.isFile())
    throw new Refusal('out.unwritable', { path: out, cause: there.isDirectory() ? 'EISDIR' : 'ENOTSUP' })
  if (there) await access(path, constants.W_OK).catch((error) => refuseOut(out, error))
  const cause = await tryWriting(dirname(path)) // the file is written beside and then renamed
  if (cause !== null) throw new Refusal('out.unwritable', { path: out, cause })
}

const refuseOut = (out: string, error: NodeJS.ErrnoException): never => {
  throw new Refusal('out.unwritable', { path: out, cause: error.code ?? '' }, { cause: error })
}

/** The working folder. @throws Refusal `folder.unwritable` where it is gone */
export function workingFolder(): string {
  try {
    return process.cwd()
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? ''
    throw new Refusal('folder.unwritable', { path: '.', cause }, { cause: error })
  }
}

/**
 * Whether files can be made in the working folder, asked before a long crawl.
 * @throws Refusal of the given code
 */
export async function checkFolder(code: 'out.unwritable' | 'folder.unwritable'): Promise<void> {
  const cause = await tryWriting('.')
  if (cause !== null) throw new Refusal(code, { path: cause === 'ENOENT' ? '.' : process.cwd(), cause })
}

import { realpath, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { Locale } from '../messages/locale.ts'
import type { Emit } from '../telemetry/events.ts'
import { resultFileName } from './file-name.ts'
import { createFileReplacer, type FileReplacer, type WritingParts } from './file-replacer.ts'
import {
  FILE_MODE,
  fileIdOf,
  fileSize,
  makeUserFolder,
  owners,
  removeEmptyFolder,
  resultPath,
  sweepStrays,
  sweepTemporaryFiles,
  userFolder,
} from './folder.ts'
import { CONTENT_TYPES, type Format } from './format.ts'
import { WRITE_TIMEOUT_MS } from './limits.ts'
import type { Export, OpenResult, ResultFiles, Sweep } from './results.ts'
import type { ResultFacts, ResultFile } from './store.ts'

export interface ResultsParts extends WritingParts {
  /** DATA_DIR; the files lie below `files/`. */
  dir: string
  clock: Clock
  emit: Emit
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** What permissions, mounts and wrong paths answer; anything else the system says is a bug or a broken disk. */
const UNWRITABLE = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EEXIST',
])
/** A person's own file takes the permissions of the process's mask. */
const EXPORT_MODE = 0o666

/** The system's refusal as ours; any other error as it is. */
function refusalOf(error: unknown, path: string, code: 'out.unwritable' | 'store.unwritable'): unknown {
  const errno = (error as NodeJS.ErrnoException).code ?? ''
  if (NO_SPACE.has(errno)) return new Refusal('store.disk_full', { path }, { cause: error })
  return UNWRITABLE.has(errno) ? new Refusal(code, { path, cause: errno }, { cause: error }) : error
}

/** Where an export goes: a link's target, never a folder or a device. */
async function exportTarget(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return resolve(path)
  if (!found.isFile()) throw new Refusal('out.unwritable', { path, cause: found.isDirectory() ? 'EISDIR' : 'ENOTSUP' })
  return realpath(path)
}

type Write = (facts: ResultFacts, format: Format, former: ResultFile | undefined) => Promise<ResultFile | undefined>

/** The job became another user's, or its result was removed, while it was written: the file is nobody's. */
class OwnerChanged extends Error {}

/** Writes a user's file and keeps its row; a file that was there keeps its id and name. Undefined: no longer theirs. */
function createWrite(parts: ResultsParts, replacer: FileReplacer): Write {
  const { store, dir, clock, emit } = parts
  return async (facts, format, former) => {
    const startedAt = clock.monotonic()
    const { userId, jobId } = facts
    const id = former?.id ?? fileIdOf(jobId, format)
    const path = resultPath(dir, { id, userId, format })
    const name = former?.name ?? resultFileName(facts, format, parts.timeZone)
    const named = { id, userId, jobId, format, name, createdAt: clock.now() }
    try {
      await makeUserFolder(dir, userId)
      const order = { path, format, mode: FILE_MODE }
      const written = await replacer.replace(facts, order, async (it) => {
        if (!(await store.keep({ ...named, ...it }))) throw new OwnerChanged()
      })
      if (!(await store.file(userId, jobId, format))) {
        await rm(path, { force: true }) // who removed the row looked for the file before it had its name
        throw new OwnerChanged()
      }
      const ms = Math.round(clock.monotonic() - startedAt)
      emit('result.written', { job: jobId, user: userId, format, ...written, ms })
      return { ...named, ...written }
    } catch (error) {
      if (error instanceof OwnerChanged) {
        await removeEmptyFolder(dir, userId)
        return undefined
      }
      throw refusalOf(error, path, 'store.unwritable')
    }
  }
}

/** What removes files of nobody. @param isBusy whether a file may be about to be written for a user */
function createSweeper(
  { store, dir, emit }: ResultsParts,
  replacer: FileReplacer,
  isBusy: (owner: UserId) => boolean,
): Pick<ResultFiles, 'sweepTemporary' | 'sweep' | 'tidy'> {
  const tidy = async (owner: UserId): Promise<void> => {
    const count = await sweepStrays(dir, owner, () => store.fileIds(owner))
    if (count > 0) emit('upkeep.swept', { what: 'result files that are no longer their folder’s user’s', count })
    if (!isBusy(owner)) await removeEmptyFolder(dir, owner)
  }

  const sweepTemporary = async ({ isShared = false, signal }: Sweep = {}): Promise<void> => {
    const count = await sweepTemporaryFiles(dir, {
      isOurs: replacer.isWriting,
      minAgeMs: isShared ? WRITE_TIMEOUT_MS : 0,
      ...(signal && { signal }),
    })
    if (count > 0) emit('upkeep.swept', { what: 'temporary result files', count })
  }

  return {
    tidy,
    sweepTemporary,
    sweep: async (how) => {
      await sweepTemporary(how)
      for (const owner of await owners(dir)) {
        if (how?.signal?.aborted) return
        await tidy(owner)
      }
    },
  }
}

/** The files of a data folder. */
export function createResults(parts: ResultsParts): ResultFiles {
  const { store, dir } = parts
  const replacer = createFileReplacer(parts)
  const write = createWrite(parts, replacer)
  const opening = new Map<string, Promise<OpenResult | undefined>>()

  async function open(owner: UserId, jobId: JobId, format: Format, locale?: Locale): Promise<OpenResult | undefined> {
    const facts = await store.facts(owner, jobId, locale)
    if (!facts || facts.products === 0) return undefined
    const former = await store.file(owner, jobId, format)
    const isWhole = former && (await fileSize(resultPath(dir, former))) === former.bytes
    const file = isWhole ? former : await write(facts, format, former)
    return file && { ...file, path: resultPath(dir, file), contentType: CONTENT_TYPES[format] }
  }

  async function exported<W>(
    owner: UserId,
    jobId: JobId,
    { format, path, locale }: Export,
    put: (facts: ResultFacts, order: { format: Format; mode: number }) => Promise<W>,
  ): Promise<W | undefined> {
    const facts = await store.facts(owner, jobId, locale)
    if (!facts) return undefined
    try {
      return await put(facts, { format, mode: EXPORT_MODE })
    } catch (error) {
      throw refusalOf(error, path, 'out.unwritable')
    }
  }

  return {
    open: (owner, jobId, format, locale) => {
      const key = `${owner}/${jobId}.${format}`
      const running = opening.get(key) ?? open(owner, jobId, format, locale).finally(() => opening.delete(key))
      opening.set(key, running)
      return running
    },
    exportTo: (owner, jobId, to) =>
      exported(owner, jobId, to, async (facts, order) =>
        replacer.replace(facts, { ...order, path: await exportTarget(to.path) }),
      ),
    exportNew: (owner, jobId, to) =>
      exported(owner, jobId, to, (facts, order) => replacer.create(facts, { ...order, path: resolve(to.path) })),
    ...createSweeper(parts, replacer, (owner) => [...opening.keys()].some((key) => key.startsWith(`${owner}/`))),
    remove: (file) => rm(resultPath(dir, file), { force: true }),
    removeAll: (owner) => rm(userFolder(dir, owner), { recursive: true, force: true }),
  }
}

import type { Pace, Platform, Upload } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import { type Board, createBoard } from './board.ts'
import { createNumberedButtons } from './buttons.ts'
import { createPen, type Pen } from './pen.ts'
import { createPeople, LOCAL, placeOf } from './people.ts'
import { saveIn } from './saving.ts'
import { createPlainScreen, createTerminalScreen, type Output } from './screen.ts'
import { type Input, runSession } from './session.ts'

export interface ConsoleOptions {
  /** Not read before run(). */
  input: Input
  output: Output
  clock: Clock
  say: Say
  /** Of the terminal's own sentences, and of people who have chosen none. */
  locale: Locale
  /** Nobody sits there: no welcome and no hints for typing, and what is read is written too. */
  isShow?: boolean
  /** Colours and bold; default: where the output is a terminal. */
  isColoured?: boolean
  /** Least milliseconds between two edits of a progress message; default 100 on a terminal, 2,000 on a pipe. */
  editMs?: number
  /** Where files that are handed over are put, under the names that people know; absent: they stay where they lie. */
  saveIn?: string
}

/** The terminal as a chat platform: one window, in which several people may speak in turn. */
export interface Console extends Platform {
  /** Opens the chat in the terminal. Resolves at `/quit`, the end of the input, two Ctrl-C, or the signal. */
  run(dispatch: Dispatch, signal?: AbortSignal): Promise<void>
}

const TERMINAL_EDIT_MS = 100
const PLAIN_EDIT_MS = 2_000

/** A console on streams. It writes nothing and reads nothing before it is asked to. */
export function createConsole(options: ConsoleOptions): Console {
  const { output } = options
  const isTerminal = output.isTTY === true
  const screen = isTerminal ? createTerminalScreen(output) : createPlainScreen(output, options.isShow ? '> ' : null)
  const people = createPeople(LOCAL)
  const buttons = createNumberedButtons()
  const board = createBoard()
  const save = async (file: Upload): Promise<string> =>
    options.saveIn === undefined ? file.path : saveIn(options.saveIn, file)
  const pen = createPen({ ...options, isTerminal, screen, people, numberOf: buttons.numberOf })
  return {
    name: 'console',
    ...createSending(pen, board, save),
    direct: async (externalId) => placeOf(externalId),
    link: async () => null,
    pace: () => paceOf(options.editMs ?? (isTerminal ? TERMINAL_EDIT_MS : PLAIN_EDIT_MS)),
    locale: async () => options.locale,
    run: (dispatch, signal) =>
      runSession({ ...options, isTerminal, screen, people, buttons, pen, save, ...board }, dispatch, signal),
  }
}

function createSending(
  pen: Pen,
  board: Board,
  save: (file: Upload) => Promise<string>,
): Pick<Platform, 'open' | 'post' | 'edit' | 'upload'> {
  return {
    async open(place, root, { key }) {
      const thread = threadOf(place, key)
      board.begin(thread)
      if (board.isNew(key)) pen.write(place.channel, root)
      return thread
    },
    async post(thread, message, { key }) {
      if (message.bar) board.begin(thread, message)
      if (!board.isNew(key)) return key
      if (message.bar) pen.writeProgress(thread.channel, key, message)
      else pen.write(thread.channel, message)
      return key
    },
    async edit(thread, messageId, message) {
      // a root stands above and stays as it is; it is edited only once, at the end
      if (messageId === thread.root) return board.end(thread)
      board.begin(thread, message)
      pen.writeProgress(thread.channel, messageId, message)
    },
    async upload(thread, file, { key }) {
      if (board.isNew(key)) pen.writeFile(thread.channel, { ...file, path: await save(file) })
      return key
    },
  }
}

const threadOf = (place: Place, key: string): Thread => ({
  platform: 'console',
  workspace: '',
  channel: place.channel,
  thread: key,
  root: key,
})

/** A terminal sets no limits of its own; people read no faster. */
const paceOf = (editMs: number): Pace => ({ key: 'console', intervalMs: 0, editMs, progressAfterMs: 0 })

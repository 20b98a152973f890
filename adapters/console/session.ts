import { createInterface, type Interface } from 'node:readline'
import type { Upload } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import { newId } from '../../src/ids.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import type { NumberedButtons } from './buttons.ts'
import { readTyped } from './inbound.ts'
import { consoleWords } from './messages.ts'
import type { Pen } from './pen.ts'
import { type People, placeOf } from './people.ts'
import type { Output, Screen } from './screen.ts'

export type Input = NodeJS.ReadableStream & { isTTY?: boolean }

/** What a session shares with the platform. */
export interface SessionParts {
  input: Input
  output: Output
  isTerminal: boolean
  screen: Screen
  people: People
  buttons: NumberedButtons
  clock: Clock
  say: Say
  locale: Locale
  pen: Pen
  /** Puts a file where the person finds it. @returns its path */
  save(file: Upload): Promise<string>
  isShow?: boolean
  /** Whether a job's thread is open: of this person, or of anybody. */
  isBusy(name?: string): boolean
  /** A person's jobs are gone. */
  forget(name: string): void
}

/** Two Ctrl-C within this time quit. Milliseconds. */
const TWICE_MS = 3_000
/** After the end of a piped input: so long without an open thread means that all is said. */
const QUIET_MS = 1_500
const QUIET_LOOK_MS = 100

/**
 * Reads lines until `/quit`, the end of the input, two Ctrl-C or the signal. A piped input that ends waits for the jobs
 * that it started.
 */
export async function runSession(parts: SessionParts, dispatch: Dispatch, signal?: AbortSignal): Promise<void> {
  const { input, output, isTerminal, screen, say, locale, people } = parts
  const editor = createInterface({ input, terminal: isTerminal, ...(isTerminal ? { output, prompt: '> ' } : {}) })
  const quit = () => editor.close()
  signal?.addEventListener('abort', quit, { once: true })
  if (!parts.isShow) screen.print([say(locale, 'console.welcome', { name: people.speaker() })])
  screen.attach(editor)
  const { interrupted, isCancelling } = interrupts(parts, editor, dispatch)
  editor.on('SIGINT', interrupted)
  const isQuit = await readLines(parts, editor, dispatch)
  signal?.removeEventListener('abort', quit)
  if (input.isTTY !== true && !isQuit && !signal?.aborted) await finishJobs(parts, signal)
  screen.close()
  if (parts.isBusy() && !isCancelling() && !parts.isShow) screen.print([consoleWords(parts.pen.locale()).left])
  if (!parts.isShow) screen.print([say(parts.pen.locale(), 'console.bye')])
}

/** @returns whether the person asked to quit, rather than the input ending */
async function readLines(parts: SessionParts, editor: Interface, dispatch: Dispatch): Promise<boolean> {
  let isQuit = false
  let work = Promise.resolve()
  const ended = new Promise<void>((resolve) => editor.once('close', resolve))
  editor.on('line', (line) => {
    parts.screen.typed(line)
    // one after another, so that /as holds for the lines after it alone
    work = work.then(async () => {
      if (isQuit) return
      if (readTyped(line).kind === 'quit') isQuit = true
      if (isQuit) editor.close()
      else await perform(parts, line, dispatch)
    })
  })
  await ended
  await work
  return isQuit
}

async function perform(parts: SessionParts, line: string, dispatch: Dispatch): Promise<void> {
  const { say, people, screen, buttons, pen } = parts
  const typed = readTyped(line)
  if (typed.kind === 'as') {
    const locale = pen.locale()
    if (typed.name === '') return screen.print([say(locale, 'console.as_missing')])
    people.become(typed.name)
    return screen.print([say(locale, 'console.as', { name: typed.name })])
  }
  if (typed.kind === 'command') return ask(parts, typed.text, dispatch)
  if (typed.kind !== 'press') return
  const command = buttons.commandOf(Number(typed.given))
  if (command !== undefined) return ask(parts, command, dispatch)
  screen.print([say(pen.locale(), 'args.press', { given: typed.given, max: buttons.highest() })])
}

async function ask(parts: SessionParts, text: string, dispatch: Dispatch): Promise<void> {
  const name = parts.people.speaker()
  const account = { platform: 'console', workspace: '', externalId: name, name, locale: parts.locale }
  const eventId = newId<string & never>(parts.clock.now())
  const reply = await dispatch({ eventId, account, place: placeOf(name), text })
  if (!reply) return
  if (reply.isForgotten) parts.forget(name)
  const files = await Promise.all((reply.files ?? []).map(async (file) => ({ ...file, path: await parts.save(file) })))
  parts.pen.writeReply(name, { ...reply, files })
}

/** The first Ctrl-C drops what was typed and cancels the speaker's job; the second quits. */
function interrupts(
  parts: SessionParts,
  editor: Interface,
  dispatch: Dispatch,
): { interrupted(): void; isCancelling(): boolean } {
  let isCancelling = false
  let last = Number.NEGATIVE_INFINITY
  const interrupted = () => {
    const words = consoleWords(parts.pen.locale())
    const now = parts.clock.monotonic()
    if (now - last < TWICE_MS) return editor.close()
    last = now
    editor.write(null, { ctrl: true, name: 'u' })
    const isBusy = parts.isBusy(parts.people.speaker())
    parts.screen.print([isBusy ? words.cancelling : words.quitHint])
    isCancelling = isBusy
    if (isBusy) void ask(parts, 'cancel', dispatch)
  }
  return { interrupted, isCancelling: () => isCancelling }
}

async function finishJobs(parts: SessionParts, signal?: AbortSignal): Promise<void> {
  if (parts.isBusy() && !parts.isShow) parts.screen.print([consoleWords(parts.pen.locale()).finishing])
  let quietMs = 0
  while (quietMs < QUIET_MS && !signal?.aborted) {
    await parts.clock.sleep(QUIET_LOOK_MS)
    quietMs = parts.isBusy() ? 0 : quietMs + QUIET_LOOK_MS
  }
}

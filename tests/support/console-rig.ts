import { readFileSync } from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { createConsole } from '../../adapters/console/index.ts'
import type { Message } from '../../src/chat/message.ts'
import { systemClock } from '../../src/clock.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import { createSay } from '../../src/messages/say.ts'
import type { PlatformRig, ThreadRecord } from '../platforms/exercise.ts'

/** A stream that keeps what is written; a terminal when it is given its size. */
export class Written extends Writable {
  text = ''
  isTTY?: boolean
  columns?: number
  rows?: number
  constructor(terminal?: { columns: number; rows: number }) {
    super()
    if (terminal) Object.assign(this, terminal, { isTTY: true })
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
  lines(): string[] {
    return stripVTControlCharacters(this.text).split('\n')
  }
}

const textOf = (message: Message): string => JSON.stringify(message.lines)

/** The console on a pipe, typed into by several people. */
export async function openConsoleRig(): Promise<PlatformRig> {
  const input = new PassThrough()
  const output = new Written()
  const say = createSay('Asia/Seoul')
  const console = createConsole({ input, output, clock: systemClock, say, locale: 'ko', editMs: 60 })
  const answers: string[] = []
  let waiting: (() => void) | undefined
  let running: Promise<void> | undefined

  const type = async (person: string, line: string): Promise<string> => {
    const answered = new Promise<void>((resolve) => {
      waiting = resolve
    })
    input.write(`/as ${person}\n${line}\n`)
    await answered
    return answers.at(-1)!
  }

  return {
    platform: console,
    account: (person) => ({ platform: 'console', workspace: '', externalId: person }),
    async start(dispatch: Dispatch) {
      running = console.run(async (invocation) => {
        const reply = await dispatch(invocation)
        answers.push(reply ? textOf(reply.message) : '')
        setImmediate(() => waiting?.())
        return reply
      })
    },
    say: type,
    press: (person, label) => {
      const shown = output.text.match(new RegExp(`\\[(\\d+)\\] ${label}`, 'g'))!.at(-1)!
      return type(person, `press ${/\d+/.exec(shown)![0]}`)
    },
    threads: async (person) => readThreads(output.lines(), person),
    async stop() {
      input.write('/quit\n')
      await running
    },
  }
}

/** Takes a person's threads out of the lines of the terminal. */
function readThreads(lines: string[], person: string): ThreadRecord[] {
  const threads: ThreadRecord[] = []
  let isLastWord = false
  let before = ''
  for (const line of lines) {
    const [, name, text] = /^(\S+) *\| (.*)$/.exec(line) ?? []
    if (name !== person || text === undefined) continue
    const thread = threads.at(-1)
    if (text.startsWith(`${person}: `)) threads.push({ root: text, progress: [], words: [], files: [] })
    else if (!thread) continue
    else if (text.startsWith(`@${person} `)) thread.words.push({ text, buttons: [] })
    else if (/\(최대 [^)]*\) · /.test(text)) thread.progress.push(text)
    else if (text.startsWith('파일을 저장했습니다: '))
      thread.files.push(fileAt(before, text.slice('파일을 저장했습니다: '.length)))
    else if (isLastWord && text.startsWith('['))
      thread.words.at(-1)!.buttons.push(...text.split(/ {2,}/).map((button) => button.replace(/^\[\d+\] /, '')))
    before = text
    isLastWord = text.startsWith('@') || (isLastWord && !text.startsWith('['))
  }
  return threads
}

/** The title, before the path, begins with the file's name. */
const fileAt = (title: string, path: string) => ({ name: title.split(' · ')[0]!, bytes: readFileSync(path) })

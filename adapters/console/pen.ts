import type { Button, Message } from '../../src/chat/message.ts'
import type { Upload } from '../../src/chat/platform.ts'
import type { Reply } from '../../src/commands/command.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Say } from '../../src/messages/say.ts'
import { visible } from './escape.ts'
import { buttonsOf, linesOf, oneLineOf } from './outbound.ts'
import type { People } from './people.ts'
import type { Screen } from './screen.ts'

/** Writes messages under the name of the person whose they are. */
export interface Pen {
  write(name: string, message: Message): void
  /** Edited in place on a terminal; elsewhere one line, written again when it has changed. */
  writeProgress(name: string, id: string, message: Message): void
  /** A file stays where it is: its path is written. */
  writeFile(name: string, file: Upload): void
  /** The answer to a command. */
  writeReply(name: string, reply: Reply): void
}

export interface PenParts {
  isTerminal: boolean
  isColoured?: boolean
  isShow?: boolean
  screen: Screen
  people: People
  say: Say
  locale: Locale
  numberOf(button: Button): number
}

export function createPen(parts: PenParts): Pen {
  const { isTerminal, screen, people, say, locale } = parts
  const drawing = { isColoured: parts.isColoured ?? isTerminal, numberOf: parts.numberOf }
  /** Progress whose buttons were written: on a pipe once is enough. */
  const offered = new Set<string>()
  const under = (name: string, lines: string[]): string[] => lines.map((line) => people.prefixOf(name) + line)
  const fileLines = (file: Upload): string[] => [
    visible(file.title),
    visible(say(locale, 'console.saved', { path: file.path })),
  ]

  return {
    write: (name, message) => screen.print(under(name, linesOf(message, drawing))),
    writeFile: (name, file) => screen.print(under(name, fileLines(file))),
    writeProgress(name, id, message) {
      const line = under(name, [oneLineOf(message, drawing)])
      if (!isTerminal) {
        screen.live(id, line)
        if (message.buttons && !offered.has(id)) screen.print(under(name, [buttonsOf(message.buttons, drawing)]))
        return void offered.add(id)
      }
      if (message.buttons?.length) return screen.live(id, under(name, linesOf(message, drawing)))
      screen.endLive(id)
      screen.print(line)
    },
    writeReply(name, { message, files = [] }) {
      const lines = [...linesOf(message, drawing), ...files.flatMap(fileLines)]
      if (message.buttons?.length && !parts.isShow) lines.push(say(locale, 'console.button_hint'))
      screen.print(under(name, lines))
    },
  }
}

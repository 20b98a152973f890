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
  /** Where a file is. */
  writeFile(name: string, file: Upload): void
  /** The language of the last answer; the terminal's own before any. */
  locale(): Locale
  /** The answer to a command; it names its files itself. */
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
  const savedLine = (file: Upload, language: Locale): string =>
    visible(say(language, 'console.saved', { path: file.path }))
  let spoken = locale
  const heard = new Map<string, Locale>()
  const languageOf = (name: string): Locale => heard.get(name) ?? locale

  return {
    write: (name, message) => screen.print(under(name, linesOf(message, drawing))),
    writeFile: (name, file) => screen.print(under(name, [visible(file.title), savedLine(file, languageOf(name))])),
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
    locale: () => spoken,
    writeReply(name, { message, files = [], locale: language = locale }) {
      spoken = language
      heard.set(name, language)
      const lines = [...linesOf(message, drawing), ...files.map((file) => savedLine(file, language))]
      if (message.buttons?.length && !parts.isShow) lines.push(say(language, 'console.button_hint'))
      screen.print(under(name, lines))
    },
  }
}

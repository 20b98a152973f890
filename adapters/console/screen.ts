import type { Interface } from 'node:readline'
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import { createLogUpdate } from 'log-update'
import { columnsOf } from './width.ts'

/** Where the console writes. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number }

/** Lines that stay, and above the prompt a part that is drawn anew. */
export interface Screen {
  print(lines: string[]): void
  /** Shows this under that name at the bottom, in place of what stood there. */
  live(name: string, lines: string[]): void
  /** Takes it away. */
  endLive(name: string): void
  /** The prompt's line editor, from now on. */
  attach(prompt: Interface): void
  /** A line was typed: it becomes one that stays. */
  typed(line: string): void
  close(): void
}

/** Columns where a stream does not tell. */
const COLUMNS = 80

/** A terminal: the live part is edited in place, and what the person is typing stays whole. */
export function createTerminalScreen(output: Output): Screen {
  const parts = new Map<string, string[]>()
  const draw = createLogUpdate(output as NodeJS.WriteStream, { showCursor: true })
  let prompt: Interface | undefined

  const leavePrompt = (): void => {
    if (!prompt) return
    moveCursor(output, 0, -prompt.getCursorPos().rows)
    cursorTo(output, 0)
    clearScreenDown(output)
  }
  const drawLive = (): void => {
    const lines = [...parts.values()].flat()
    if (lines.length > 0) draw(lines.join('\n'))
    else draw.clear()
    prompt?.prompt(true)
  }
  const write = (lines: string[]): void => {
    draw.clear()
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
    drawLive()
  }

  return {
    print(lines) {
      leavePrompt()
      write(lines)
    },
    live(name, lines) {
      parts.set(name, lines)
      leavePrompt()
      drawLive()
    },
    endLive(name) {
      if (!parts.delete(name)) return
      leavePrompt()
      drawLive()
    },
    attach(attached) {
      prompt = attached
      drawLive()
    },
    typed(line) {
      // the editor went to the next row: back over what was typed, then over the live part, and both anew
      const row = (prompt?.getPrompt() ?? '') + line
      moveCursor(output, 0, -(Math.floor(columnsOf(row) / (output.columns ?? COLUMNS)) + 1))
      cursorTo(output, 0)
      clearScreenDown(output)
      write([row])
    },
    close() {
      leavePrompt()
      prompt = undefined
      draw.done()
    },
  }
}

/**
 * A pipe or a file: lines alone. What is live is written as a line whenever it has changed.
 * @param prompt stands before the lines that were typed; null: those are not written
 */
export function createPlainScreen(output: Output, prompt: string | null): Screen {
  const shown = new Map<string, string>()
  const print = (lines: string[]): void => void output.write(lines.map((line) => `${line}\n`).join(''))
  return {
    print,
    live(name, lines) {
      const text = lines.join(' ')
      if (shown.get(name) === text) return
      shown.set(name, text)
      print(lines)
    },
    endLive: (name) => void shown.delete(name),
    attach: () => undefined,
    typed: (line) => prompt !== null && print([prompt + line]),
    close: () => undefined,
  }
}

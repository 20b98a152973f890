import type { Button } from '../../src/chat/message.ts'

/** Buttons kept; older ones can no longer be pressed. */
const KEPT = 500

/** The numbers of buttons: each keeps its own through a session, so `press 3` means what `[3]` said. */
export interface NumberedButtons {
  /** The button's number; the same for the same command. */
  numberOf(button: Button): number
  /** The command line behind a number, or undefined. */
  commandOf(number: number): string | undefined
  /** The highest number given. */
  highest(): number
}

export function createNumberedButtons(): NumberedButtons {
  const numbers = new Map<string, number>()
  const commands = new Map<number, string>()
  let highest = 0
  return {
    numberOf({ command }) {
      const known = numbers.get(command)
      if (known !== undefined) return known
      numbers.set(command, ++highest)
      commands.set(highest, command)
      const oldest = highest - KEPT
      numbers.delete(commands.get(oldest) ?? '')
      commands.delete(oldest)
      return highest
    },
    commandOf: (number) => commands.get(number),
    highest: () => highest,
  }
}

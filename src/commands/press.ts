import { Refusal } from '../errors.ts'
import { command } from './command.ts'
import { buttonNumber } from './options.ts'

/** `press N`: presses the N-th button of the last message with buttons that the person saw. */
export const press = command({
  name: 'press',
  names: ['누르기', '버튼', '선택'],
  help: 'help.press',
  options: { number: buttonNumber() },
  examples: ['press 1'],
  run: async (asking, { number }) => {
    const seen = asking.desk.lastButtons.of(asking.asker.account)
    const button = seen[number - 1]
    if (!button) throw new Refusal('args.press', { given: String(number), max: seen.length })
    return asking.perform(button.command)
  },
})

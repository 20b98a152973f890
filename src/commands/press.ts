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
    const seen = await asking.desk.lastButtons.of(asking.asker.account)
    const given = number.replace(/(?<=\d)번$/, '')
    const line = /^\d{1,3}$/.test(given) ? seen[Number(given) - 1] : undefined
    if (line === undefined) throw new Refusal('args.press', { given, max: seen.length })
    return asking.perform(line)
  },
})

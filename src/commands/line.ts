import { isAddress, isBareAddress } from './address.ts'
import { CRAWL } from './command-words.ts'
import type { Parsed } from './grammar.ts'
import type { Option } from './options.ts'

/** Words that read back as they are without a `--` before them: none that could be taken for something else. */
const isPlain = (words: string): boolean =>
  words.split(' ').every((word) => /^\p{L}[^"'“”‘’]*$/u.test(word) && !isAddress(word) && !isBareAddress(word))

/**
 * The canonical line of a command: what buttons carry. Reading it gives the same values. Values that are as if nothing
 * was typed (null, no flag, no words) are left out.
 */
export function lineOf({ command, values }: Parsed): string {
  const head = command.name === CRAWL ? '' : command.name
  const options = Object.entries(command.options)
  const written = (form: Option['form']) => options.filter(([, option]) => option.form === form)
  const bare = written('word').map(([name, option]) => option.write(values[name]))
  const rest = written('rest').map(([name, option]): string => option.write(values[name]))[0] ?? ''
  const named = written('named')
    .filter(([name]) => values[name] !== null && values[name] !== false)
    .map(([name, option]) => `--${name} ${option.write(values[name])}`.trim())
  const parts = isPlain(rest)
    ? [head, ...bare, rest, ...named]
    : [head, ...bare, ...named, rest === '' ? '' : `-- ${rest}`]
  return parts.filter((part) => part !== '').join(' ')
}

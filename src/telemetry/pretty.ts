const COLORS: Record<string, string> = {
  debug: '\u001b[2m',
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}
const PLAIN = '\u001b[0m'

const shown = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)

/**
 * A JSON line as a person at a terminal reads it: `15:30:12 info  job ended job=… products=40`. The line's texts are
 * escaped already.
 */
export function prettyLine(line: string, hasColor: boolean): string {
  const { time, level, msg, error, event: _event, ...facts } = JSON.parse(line) as Record<string, unknown>
  const clock = String(time).slice(11, 19)
  const color = hasColor ? (COLORS[String(level)] ?? '') : ''
  const told = Object.entries(facts).map(([name, value]) => `${name}=${shown(value)}`)
  const first = [clock, `${color}${String(level).padEnd(5)}${color && PLAIN}`, msg, ...told].join(' ')
  return `${[first, ...errorLines(error)].join('\n')}\n`
}

function errorLines(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const { name, code, message, stack, cause } = error as Record<string, unknown>
  const head = `    ${name}${code === undefined ? '' : ` [${code}]`}${message === undefined ? '' : `: ${message}`}`
  const frames = Array.isArray(stack) ? stack.map((frame) => `      ${frame}`) : []
  return [head, ...frames, ...errorLines(cause)]
}

import { ROBOTS_BYTES } from './http-limits.ts'
import { comparable, createPathCheck } from './robots-rules.ts'

/** A robots.txt, read. */
export interface RobotsFile {
  isAllowed(url: URL): boolean
  /** Crawl-delay of our group, or null. */
  delaySeconds: number | null
  /** About how many characters of memory its rules take. */
  size: number
}

/** What is known of a host's robots.txt. An absent file is `read` and empty. */
export type RobotsEntry = { kind: 'read'; file: RobotsFile } | { kind: 'forbidden' } | { kind: 'unreachable' }

/** The rules of one or more groups for the same crawler. */
interface Group {
  /** By pattern; a pattern that both allows and forbids allows (RFC 9309 §2.2.2). */
  rules: Map<string, boolean>
  delaySeconds: number | null
  /** Whether the file has such a group: one without any rule is none. */
  isGiven: boolean
}

/** Bytes that a cut may take from the last character, and more. */
const CHARACTER_BYTES = 4
/** What a rule costs beside its characters. */
const RULE_SIZE = 64

/**
 * Reads a robots.txt by RFC 9309: the rules of all groups for our name, else of all groups for everybody. The file comes
 * from a stranger, or from a table that an older version has filled: its first 512 KiB are read, which takes a time and
 * a memory in line with their length, and a check of a path is bounded (robots-rules.ts).
 * @param text at most ROBOTS_BYTES of UTF-8 are expected; where there are as many, the last line may be cut
 * @param productToken the name in our user agent, before its slash
 */
export function readRobotsFile(text: string, productToken: string): RobotsFile {
  const group = groupFor(text.slice(0, ROBOTS_BYTES), productToken.toLowerCase())
  const rules = [...group.rules].map(([pattern, isAllowed]) => ({ pattern, isAllowed }))
  const isPathAllowed = createPathCheck(rules)
  return {
    isAllowed: (url) => isPathAllowed(comparable(url.pathname + url.search)),
    delaySeconds: group.delaySeconds,
    size: rules.reduce((sum, { pattern }) => sum + pattern.length + RULE_SIZE, 0),
  }
}

/** Other lines, sitemaps too, do not interfere with the rules (RFC 9309 §2.2.4). */
const LINE = /^\s*(user-agent|allow|disallow|crawl-delay)\s*:([^#]*)/i

function groupFor(text: string, productToken: string): Group {
  const ours = createGroup()
  const everybodys = createGroup()
  const current = new Set<Group>()
  let isNaming = false
  for (const [name, value] of linesOf(text)) {
    if (name === 'user-agent') {
      if (!isNaming) current.clear()
      if (isNamed(value, productToken)) current.add(ours)
      if (isNamed(value, '*')) current.add(everybodys)
    } else {
      for (const group of current) addLine(group, name, value)
    }
    isNaming = name === 'user-agent'
  }
  return ours.isGiven ? ours : everybodys
}

const createGroup = (): Group => ({ rules: new Map(), delaySeconds: null, isGiven: false })

/** In any case; a version or a remark may stand behind the name. */
function isNamed(value: string, name: string): boolean {
  const start = value.slice(0, name.length + 1).toLowerCase()
  return start === name || (start.startsWith(name) && /[/\s]$/.test(start))
}

function addLine(group: Group, name: string, value: string): void {
  group.isGiven = true
  if (name === 'crawl-delay') {
    const seconds = Number(value)
    if (!Number.isNaN(seconds)) group.delaySeconds = seconds > 0 ? seconds : null
  } else if (value !== '') {
    const pattern = comparable(value)
    group.rules.set(pattern, name === 'allow' || group.rules.get(pattern) === true)
  }
}

/** The lines that rules are made of: the name in small letters, the value without remarks. */
function* linesOf(text: string): Generator<[name: string, value: string]> {
  for (const [line] of withoutCutLine(text).matchAll(/[^\r\n]+/g)) {
    const [, name, value] = LINE.exec(line) ?? []
    if (name !== undefined && value !== undefined) yield [name.toLowerCase(), value.trim()]
  }
}

/** An "allow" that was cut allows more than it says. A "disallow" forbids more, and stays, but for half a character. */
function withoutCutLine(text: string): string {
  if (Buffer.byteLength(text) < ROBOTS_BYTES - CHARACTER_BYTES) return text
  const begin = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
  const last = text.slice(begin)
  return text.slice(0, begin) + (/^\s*allow/i.test(last) ? '' : last.replace(/\ufffd$/, ''))
}

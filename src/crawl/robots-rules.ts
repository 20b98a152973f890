import { ROBOTS_STEPS } from './http-limits.ts'

/** A rule of a robots.txt: whether what begins with this pattern may be fetched. `*` and a `$` at its end are special. */
export interface RobotsRule {
  /** As `comparable` writes it. */
  pattern: string
  isAllowed: boolean
}

/**
 * Makes the check of paths against the rules of one group, by RFC 9309 §2.2.2: the longest rule that fits decides, of
 * two equally long ones the one that allows; where none fits, the path is allowed. A check compares at most
 * ROBOTS_STEPS characters, whatever the file holds: a path that is undecided by then is forbidden, so that no
 * "disallow" is lost.
 * @returns a function of a path with its query, as `comparable` writes it
 */
export function createPathCheck(rules: RobotsRule[]): (path: string) => boolean {
  const ordered = rules.toSorted(
    (a, b) => b.pattern.length - a.pattern.length || Number(b.isAllowed) - Number(a.isAllowed),
  )
  return (path) => {
    const steps = { left: ROBOTS_STEPS }
    for (const { pattern, isAllowed } of ordered) {
      if (fits(pattern, path, steps)) return isAllowed
      if (steps.left <= 0) return false
    }
    return true
  }
}

/**
 * Patterns and paths in one spelling (RFC 9309 §2.2.2): letters, digits and `-._~` as themselves, everything else that
 * a URL may encode as %XX in capitals.
 */
export function comparable(text: string): string {
  if (PLAIN.test(text)) return text
  return encoded(text).replace(/%[0-9a-f]{2}/gi, (code) => {
    const sign = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return /[\w.~-]/.test(sign) ? sign : code.toUpperCase()
  })
}

const PLAIN = /^[\w.~/*$?=&-]*$/

/** The URL parser leaves `[` and encodes `'` in queries: here both are encoded. What is encoded already stays. */
function encoded(text: string): string {
  try {
    return encodeURI(text).replaceAll('%25', '%').replaceAll("'", '%27')
  } catch {
    return text // half a character, which no path holds
  }
}

const STAR = '*'.charCodeAt(0)
const NONE = -1

/** Whether a pattern fits the beginning of a path, or with a `$` the whole. The last `*` takes more while the rest fails. */
function fits(pattern: string, path: string, steps: { left: number }): boolean {
  const isWhole = pattern.endsWith('$')
  const end = isWhole ? pattern.length - 1 : pattern.length
  let at = 0
  let read = 0
  let star = -1
  let taken = 0
  for (; steps.left > 0; steps.left -= 1) {
    if (at === end && (!isWhole || read === path.length)) return true
    const wanted = at < end ? pattern.charCodeAt(at) : NONE
    if (wanted === STAR) {
      star = at
      taken = read
      at += 1
    } else if (read < path.length && wanted === path.charCodeAt(read)) {
      at += 1
      read += 1
    } else if (star >= 0 && taken < path.length) {
      taken += 1
      read = taken
      at = star + 1
    } else return false
  }
  return false
}

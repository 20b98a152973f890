import { fold, visibleText } from '../sites/extract/text.ts'
import type { Page, Site } from '../sites/site.ts'

/** Widgets that ask whether a visitor is a person. They show no text of their own. */
const CHALLENGES = [
  'g-recaptcha',
  'h-captcha',
  'cf-turnstile',
  'cf-challenge',
  'challenge-platform',
  'px-captcha',
  'AwsWafIntegration',
]

/** A field for a password, on a page that shows no product: a wall. */
const PASSWORD_FIELD = /<input\b[^>]{0,500}\btype\s*=\s*["']?password/i

/** Statuses that say no by themselves. */
const REFUSING = new Set([402, 403, 405, 406, 418, 429, 451])

/** Why a page shows no product; undefined when nothing tells. */
export type Absence = 'blocked' | 'login' | 'empty' | 'no_such_page' | undefined

/**
 * What a page without products is. Texts of a block page are looked for in what a person sees only, since scripts of
 * good pages speak of captchas too; what the shop says of itself goes before what only looks so.
 */
export function absenceOn(page: Page, site: Site): Absence {
  const seen = fold(visibleText(page.text))
  const says = (texts: string[] = []): boolean => texts.some((text) => seen.includes(fold(text)))
  if (says(site.blocked)) return 'blocked'
  if (page.status === 401 || page.status === 407) return 'login'
  if (says(site.login)) return 'login'
  if (page.status === 404 || page.status === 410) return 'no_such_page'
  if (REFUSING.has(page.status)) return 'blocked'
  if (page.status < 400 && (says(site.empty) || site.isEmpty?.(page) === true)) return 'empty'
  if (CHALLENGES.some((marker) => page.has(marker))) return 'blocked'
  if (PASSWORD_FIELD.test(page.text)) return 'login'
  return undefined
}

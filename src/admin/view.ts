import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { AdminSentences } from '../messages/admin.ts'
import { LOCALES, type Locale, wishedLocale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import type { SentenceFacts, SentenceKey } from '../messages/sentences.ts'
import { labelsOf } from '../sites/registry.ts'
import type { AdminEnv, AdminParts } from './env.ts'

const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

/** A word of the page, without its prefix. */
export type Word = Extract<keyof AdminSentences, `admin.${string}`> extends `admin.${infer Name}` ? Name : never

/** How one reader sees the page. */
export interface View {
  locale: Locale
  theme: Theme
  timeZone: string
  now: number
  /** A word or sentence of the page. */
  t<K extends Word>(word: K, facts?: AdminSentences[`admin.${K}`]): string
  say: Say
  /** What an act of the audit list is called. */
  act(act: string): string
  /** Any sentence of the program. */
  tell<K extends SentenceKey>(key: K, facts: SentenceFacts[K]): string
  /** Makes and checks no address: whoever reads the page can only look. */
  mayAct: boolean
  /** Jobs are handed out through Redis, whose queue has pages of its own. */
  hasQueues: boolean
  label(site: string): string
  /** The address asked for, for links that change one thing of it. */
  url: URL
}

const YEAR_S = 365 * 24 * 3_600

/** Reads language and colours from the address or the cookie that keeps them, and lays the view ready. */
export const prepareView =
  (parts: AdminParts): MiddlewareHandler<AdminEnv> =>
  async (c, next) => {
    const keep = <T extends string>(name: string, known: readonly T[], asked: string | undefined): T | undefined => {
      const cookie = `shopcrawl_${name}`
      const wished = known.find((it) => it === asked)
      if (wished) setCookie(c, cookie, wished, { path: '/admin', sameSite: 'Strict', httpOnly: true, maxAge: YEAR_S })
      return wished ?? known.find((it) => it === getCookie(c, cookie))
    }
    const locale =
      keep('lang', LOCALES, c.req.query('lang')) ?? wishedLocale(c.req.header('accept-language')) ?? parts.locale
    const theme = keep('theme', THEMES, c.req.query('theme')) ?? 'auto'
    c.set('view', createView(parts, { locale, theme, url: new URL(c.req.url) }))
    await next()
  }

function createView(parts: AdminParts, { locale, theme, url }: Pick<View, 'locale' | 'theme' | 'url'>): View {
  const tell = <K extends SentenceKey>(key: K, facts: SentenceFacts[K]): string =>
    (parts.say as (locale: Locale, key: K, facts: SentenceFacts[K]) => string)(locale, key, facts)
  return {
    ...{ locale, theme, url, tell, say: parts.say, timeZone: parts.timeZone, now: parts.clock.now(), mayAct: false },
    hasQueues: parts.queues !== undefined,
    t: (word, facts) => tell(`admin.${word}` as SentenceKey, (facts ?? {}) as never),
    act: (act) => (isWord(`act.${act}`) ? tell(`admin.act.${act}` as SentenceKey, {} as never) : act),
    label: (site) => labelsOf(parts.sites)(site, locale),
  }
}

const ACTS: readonly Word[] = [
  'act.session.open',
  'act.session.close',
  'act.job.cancel',
  'act.job.retry',
  'act.job.priority',
  'act.site.pause',
  'act.site.resume',
  'act.user.block',
  'act.user.unblock',
  'act.user.delete',
  'act.queue.change',
]

const isWord = (word: string): boolean => (ACTS as readonly string[]).includes(word)

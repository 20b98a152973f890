import { type Comparison, countsOf, type Explanation, type RouteReport } from '../crawl/explain.ts'
import type { Unfit } from '../crawl/explain-fit.ts'
import { refusalOf } from '../crawl/read-page.ts'
import { percent } from '../messages/format.ts'
import { sayRefusal, sayWarning } from '../messages/say.ts'
import { sharesOf } from '../sites/coverage.ts'
import type { Coverage, ProductDraft } from '../sites/product.ts'
import type { Site, SiteRequest } from '../sites/site.ts'
import { DONE, FAILED } from './exit-codes.ts'
import type { Program } from './program.ts'

/** What is known of a page before it is read. */
export interface PageHead {
  /** As the person gave it, or as the file tells it. */
  given: string
  /** The address that answered. */
  url: string
  /** Nobody told the address of the file. */
  isAssumed: boolean
  /** What a crawl asks for in place of the address that was given. */
  instead: SiteRequest | null
  kind: SiteRequest['kind']
  status: number | null
  contentType: string
  size: number
}

type Speech = Pick<Program, 'say' | 'locale'>

/** Verdicts of a page that a crawl can use. */
const GOOD = new Set(['products', 'empty', 'sitemap'])

/** 0 when some route read the page, or the shop says that it has nothing; else 1. */
export const exitCodeFor = ({ page }: Explanation): number => (GOOD.has(page.verdict) ? DONE : FAILED)

/** Writes everything that is known of the page to standard output. */
export function tellExplanation(speech: Speech, site: Site, head: PageHead, explanation: Explanation): void {
  const lines = [
    ...headLines(speech, site, head, explanation),
    '',
    ...explanation.routes.flatMap((route, index) => routeLines(speech, route, index + 1, head.kind)),
    ...(explanation.routes.length > 0 ? [''] : []),
    ...verdictLines(speech, head, explanation),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function headLines({ say, locale }: Speech, site: Site, head: PageHead, { charset, page }: Explanation): string[] {
  const { given, url, instead, isAssumed } = head
  return [
    say(locale, isAssumed ? 'try.assumed' : 'try.page', { url: instead || isAssumed ? given : url }),
    ...(instead ? [say(locale, 'try.instead', instead)] : []),
    say(locale, 'try.site', { name: site.name, label: site.label[locale] }),
    say(locale, 'try.answer', { ...head, charset }),
    say(locale, 'try.title', page),
  ]
}

function routeLines(speech: Speech, route: RouteReport, at: number, kind: SiteRequest['kind']): string[] {
  const [first, ...rest] = findings(speech, route, kind)
  return [`${at}. ${route.name}: ${first}`, ...rest.map((line) => `   ${line}`)]
}

function findings(speech: Speech, route: RouteReport, kind: SiteRequest['kind']): string[] {
  const { say, locale } = speech
  if (route.kind === 'unfit') return [unfitLine(speech, route.why, kind)]
  if (route.kind === 'too_complex') return [say(locale, 'try.too_complex', route)]
  if (route.kind === 'failed') return [say(locale, 'try.failed', route)]
  const { products, next, total, first, warnings, slow } = route
  return [
    say(locale, 'try.read', { products, requests: next, total }),
    ...(products > 0 ? [say(locale, 'try.coverage', { shares: listShares(speech, route.coverage) })] : []),
    ...(first ? [say(locale, 'try.first', { line: lineOf(first) })] : []),
    ...Object.entries(warnings).map(([code, count]) => sayWarning(say, locale, code, count)),
    ...slowLines(speech, slow),
  ]
}

function unfitLine({ say, locale }: Speech, unfit: Unfit, kind: SiteRequest['kind']): string {
  if (unfit.why === 'missing') return say(locale, 'try.unfit_missing', { markers: unfit.markers.join(', ') })
  if (unfit.why === 'kind') return say(locale, 'try.unfit_kind', { kind })
  return say(locale, `try.unfit_${unfit.why}`)
}

/** `name 100%, price 98%`, by the names of the result's columns. */
const listShares = ({ locale }: Speech, coverage: Coverage): string =>
  Object.entries(sharesOf(coverage))
    .map(([field, share]) => `${field} ${percent(locale, share)}`)
    .join(', ')

const lineOf = ({ id, name, price, currency, url }: ProductDraft): string =>
  [id, name, price === null ? null : `${price} ${currency ?? ''}`.trim(), url].filter((it) => it !== null).join(' · ')

function slowLines({ say, locale }: Speech, slow: Comparison): string[] {
  if (slow.kind !== 'differs') return [say(locale, `try.slow_${slow.kind}`)]
  return [say(locale, 'try.slow_differs', slow), ...(slow.at ? [say(locale, 'try.slow_at', slow.at)] : [])]
}

function verdictLines(speech: Speech, head: PageHead, { page }: Explanation): string[] {
  const { say, locale } = speech
  const refusal = refusalOf(page, { ...head, status: head.status ?? 200 })
  if (refusal) return [sayRefusal(say, locale, refusal)]
  const { products, next, routeRank, expected } = page
  const route = page.route ?? ''
  const found = { products: products.length, route, requests: next.length }
  return [
    page.verdict === 'empty'
      ? say(locale, 'try.verdict_empty')
      : say(locale, products.length > 0 ? 'try.verdict_products' : 'try.verdict_links', found),
    ...(routeRank > 0 && expected !== null ? [say(locale, 'try.fell', { expected })] : []),
    ...Object.entries({ ...page.warnings, ...countsOf(page.warned) }).map(([code, count]) =>
      sayWarning(say, locale, code, count),
    ),
  ]
}

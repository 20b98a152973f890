import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The system's Chromium: CHROMIUM_PATH, else the first of the usual names in PATH; undefined when there is none. */
export const chromiumPath: string | undefined = findChromium()

function findChromium(): string | undefined {
  const said = process.env.CHROMIUM_PATH
  const folders = (process.env.PATH ?? '').split(delimiter)
  const places = said ? [said] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Starts it without a window. Nothing is downloaded; its profile goes with it. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, args: ['--disable-dev-shm-usage'] })

/** A page that is listened to. */
export interface Visit {
  page: Page
  context: BrowserContext
  /** What no page of ours may do: errors of its scripts, what its policy forbids, windows of alert(). Empty when all is well. */
  faults: string[]
  /** Whether questions before an act are answered with yes, as at first. */
  says: { yes: boolean }
  /** Documents that it has loaded. */
  loads(): number
}

/** Opens a page in a profile of its own. */
export async function openVisit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const faults: string[] = []
  const says = { yes: true }
  let loads = 0
  page.on('load', () => {
    loads += 1
  })
  page.on('pageerror', (error) => void faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // an answer of 401 is a line too, and not a fault: it shows the sign-in form
    if (message.type() === 'error' && !/^Failed to load resource.* 4\d\d /.test(message.text()))
      faults.push(`console: ${message.text()}`)
  })
  page.on('dialog', async (dialog) => {
    if (dialog.type() !== 'confirm') faults.push(`${dialog.type()}: ${dialog.message()}`)
    await (says.yes ? dialog.accept() : dialog.dismiss())
  })
  return { page, context, faults, says, loads: () => loads }
}

/** Of hundreds of lines of a log, all of one form, the first. */
const LOOKED_AT = { include: [['html']], exclude: [['.line:nth-child(n + 25)']] }

/**
 * What axe-core calls serious or critical on the page as it is now: rule and elements.
 * @param rules all but the colours, the colours alone (which are slow), or both
 */
export async function seriousFaults(page: Page, rules: 'all' | 'colours' | 'structure' = 'all'): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source)
  const options = {
    resultTypes: ['violations'],
    ...(rules === 'colours' && { runOnly: ['color-contrast'] }),
    ...(rules === 'structure' && { rules: { 'color-contrast': { enabled: false } } }),
  }
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(${JSON.stringify(LOOKED_AT)}, ${JSON.stringify(options)})`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** How often a page is asked again for what has not come yet. */
const LOOK_MS = 50
/** A page that has not shown it within this hangs. Real milliseconds. */
const HANGING_MS = 150_000

/** Resolves once the page shows it; the browser and the service get room to work in between. */
export async function untilShown(look: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + HANGING_MS
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`${what} did not show within ${HANGING_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** Pixels by which the page is wider than its window: 0 when it cannot be scrolled sideways. */
export const excessWidth = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** What holds the focus. */
export interface Focused {
  /** Its place among all elements of the page. */
  at: number
  /** The beginning of its markup. */
  markup: string
  /** It has an outline, and nothing lies over its middle. */
  isSeen: boolean
}

const FOCUSED = `(() => {
  const it = document.activeElement
  if (!it || it === document.body) return null
  const box = it.getClientRects()[0] ?? it.getBoundingClientRect()
  const style = getComputedStyle(it)
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
  return {
    at: [...document.querySelectorAll('*')].indexOf(it),
    markup: it.outerHTML.slice(0, 120),
    // a part that the browser puts into a field (a date's calendar) has a ring of the browser's own
    isSeen: !it.matches(':focus') || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && (it.contains(top) || top?.contains(it) === true)),
  }
})()`

/** What holds the focus now, or null. */
export const focused = (page: Page): Promise<Focused | null> => page.evaluate<Focused | null>(FOCUSED)

/** Every control that a person sees, told as `Focused.at` tells it. */
export const controls = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`[...document.querySelectorAll('*')].flatMap((it, at) =>
    it.matches('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]') && it.checkVisibility() ? [at] : [])`)

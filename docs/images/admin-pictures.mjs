// Photographs the administrator's page: node docs/images/admin-pictures.mjs ADDRESS TOKEN FOLDER
// tests/admin/pictures.test.ts fills a service with two days of work and calls this with UPDATE_DOCS=1; the pictures in
// docs/images/admin-*.png were made so. Needs Chromium (CHROMIUM_PATH, else /usr/bin/chromium) and a Korean font.
// `optipng -o3 docs/images/admin-*.png` makes them a fifth smaller.
import { chromium } from 'playwright-core'

const [address, token, folder] = process.argv.slice(2)

const PICTURES = [
  { name: 'admin-overview', colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { name: 'admin-phone', colorScheme: 'dark', viewport: { width: 390, height: 760 }, deviceScaleFactor: 1.5 },
]

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' })
for (const locale of ['en', 'ko']) {
  for (const { name, ...options } of PICTURES) {
    const context = await browser.newContext({ ...options, locale, timezoneId: 'Asia/Seoul' })
    const page = await context.newPage()
    await page.goto(`${address}/admin`)
    await page.fill('#token', token)
    await page.press('#token', 'Enter')
    await page.waitForSelector('.live.on')
    await page.waitForLoadState()
    await page.evaluate('document.activeElement?.blur()')
    await page.screenshot({ path: `${folder}/${name}.${locale}.png` })
    await context.close()
  }
}
await browser.close()

import type { Config } from '../config.ts'
import { about } from '../version.ts'
import type { ShopHttpSettings } from './http.ts'

/** What the environment says about HTTP to shops. */
export const shopHttpSettings = (config: Config): ShopHttpSettings => ({
  userAgent: userAgentOf(config),
  rate: config.crawlRate,
  concurrency: config.crawlConcurrency,
  permissions: config.robotsPermission,
  allowAddresses: config.allowAddresses,
  ports: config.crawlPorts,
  blockHosts: config.blockHosts,
  isBehindProxy: Boolean(process.env.HTTPS_PROXY ?? process.env.https_proxy),
})

/** The honest name sent with every request. */
function userAgentOf(config: Config): string {
  const { version, homepage } = about()
  const contact = config.publicUrl ?? homepage
  return config.userAgent ?? `shopcrawl/${version}${contact ? ` (+${contact})` : ''}`
}

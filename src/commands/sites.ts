import type { Line } from '../chat/message.ts'
import type { Site } from '../sites/site.ts'
import { type Asking, command } from './command.ts'
import { answer, labelOf, tell } from './told.ts'

/** The setting that a refused shop's permission stands in. */
const PERMISSION = 'ROBOTS_PERMISSION'

/** `sites`: the shops, how each is searched, and which of them robots.txt closes. */
export const sites = command({
  name: 'sites',
  names: ['쇼핑몰', '사이트', '몰', 'shops'],
  help: 'help.sites',
  options: {},
  examples: ['sites'],
  run: async (asking) => {
    const shops = asking.desk.sites.all().filter((site) => site.hosts.length > 0)
    const lines = await Promise.all(shops.map((site) => shopLines(asking, site)))
    return answer([
      tell(asking, 'reply.sites', { count: shops.length }),
      ...lines.flat(),
      tell(asking, 'reply.site_web'),
    ])
  },
})

async function shopLines(asking: Asking, site: Site): Promise<Line[]> {
  const isAllowed = await asking.desk.robotsKnown(site.name).catch(() => undefined)
  const label = labelOf(asking, site.name)
  const names = [...site.aliases, ...Object.keys(site.ambiguous ?? {})].join(', ')
  const about = tell(asking, 'reply.site', { name: site.name, label, search: site.search })
  return [
    [
      { code: site.name },
      ` ${about}`,
      names === '' ? '' : ` · ${tell(asking, 'reply.site_aliases', { aliases: names })}`,
    ],
    ...(isAllowed === false ? [tell(asking, 'reply.site_robots', { setting: PERMISSION })] : []),
  ]
}

/**
 * The shops with those first that robots.txt is known to allow, and those last that it is known to forbid: what help
 * and suggestions lead with must work.
 */
export async function shopsByPermission({ desk }: Asking): Promise<{ site: Site; isAllowed: boolean | undefined }[]> {
  const shops = desk.sites.all().filter((site) => site.hosts.length > 0)
  const known = await Promise.all(
    shops.map(async (site) => ({ site, isAllowed: await desk.robotsKnown(site.name).catch(() => undefined) })),
  )
  const rank = (isAllowed: boolean | undefined) => (isAllowed === true ? 0 : isAllowed === undefined ? 1 : 2)
  return known.sort((a, b) => rank(a.isAllowed) - rank(b.isAllowed))
}

import { loadSites } from '../sites/registry.ts'
import { DONE } from './exit-codes.ts'
import type { Program } from './program.ts'

/** `shopcrawl sites`: the shops by name, with the other words for each, on standard output. Asks no shop. */
export async function listSites({ config, locale, say }: Program): Promise<number> {
  const shops = (await loadSites({ origins: config.siteOrigins })).all().filter(({ hosts }) => hosts.length > 0)
  const lines = shops.map(({ name, label, search, aliases, ambiguous }) => {
    const others = [...aliases, ...Object.keys(ambiguous ?? {})].join(', ')
    const about = `${name}  ${say(locale, 'reply.site', { name, label: label[locale], search })}`
    return others === '' ? about : `${about} · ${say(locale, 'reply.site_aliases', { aliases: others })}`
  })
  process.stdout.write(`${[...lines, say(locale, 'reply.site_web')].join('\n')}\n`)
  return DONE
}

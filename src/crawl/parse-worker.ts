import { loadSites, type SiteRegistry } from '../sites/registry.ts'
import type { ParsedPage, ParseInput } from './parse.ts'
import { parsePage } from './parse-page.ts'

let sites: Promise<SiteRegistry> | undefined

/** Runs in a thread of the CPU pool: parses one page. The shops are loaded with the thread's first page. */
export default async function parse(input: ParseInput): Promise<ParsedPage> {
  sites ??= loadSites({ origins: {} }) // pages carry public addresses only
  const site = (await sites).get(input.site)
  if (!site) throw new Error(`the pool knows no site named ${input.site}`)
  return parsePage(site, input)
}

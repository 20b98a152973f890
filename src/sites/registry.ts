import { readdir } from 'node:fs/promises'
import { editDistance } from '../edit-distance.ts'
import { fold } from './extract/text.ts'
import { keysOf } from './keyboard.ts'
import type { Site } from './site.ts'

/** The shops that this program knows. */
export interface SiteRegistry {
  all(): Site[]
  get(name: string): Site | undefined
  /**
   * The site a person means by a word: name, alias, label, wrong keyboard layout (ㄴㄴㅎ is ssg), any case, NFC.
   * `meant`: the word names another mall to many people (신세계, emart); the other site's name, for the second button.
   */
  resolve(word: string): { site: Site; meant?: string } | undefined
  /** The known name nearest to a misspelt word (edit distance ≤ 2, for words of up to three letters 1), or null. */
  nearest(word: string): string | null
  /**
   * The site whose own hosts (public, or its other origin) hold this address; `web` for any other. Where one other
   * origin stands for several shops, the address's path tells them apart.
   */
  siteOf(url: URL): Site
  /** Where a public address is really asked: with SITE_<NAME>_URL, that origin; else itself. */
  actual(site: string, publicUrl: URL): URL
  /**
   * The public address of one that was really asked (a redirect's target at the other origin).
   * @param requested the public address of the request that led there: its host is the one restored, because one other
   *   origin stands for all hosts of a shop. Without it the shop's main host is taken.
   */
  published(site: string, actualUrl: URL, requested?: URL): URL
}

/** Reads any address that no other site owns. */
const ANY_SITE = 'web'

/**
 * Finds every shop in the folder `shops/` beside this file: each file there is one, its default export the Site.
 * @param origins other origins by site name (SITE_<NAME>_URL); a name that is no shop is left alone
 */
export async function loadSites({ origins }: { origins: Record<string, string> }): Promise<SiteRegistry> {
  const folder = new URL('./shops/', import.meta.url)
  const files = (await readdir(folder)).filter((file) => /^[^.]+\.(?:ts|js)$/.test(file)).sort()
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)))
  return createRegistry(
    modules.map((module: { default: Site }) => module.default),
    origins,
  )
}

/** A shop's name as people read it in a language; of a name that is no shop, that. */
export const labelsOf =
  (sites: { get(name: string): Pick<Site, 'label'> | undefined }) =>
  (name: string, locale: keyof Site['label']): string =>
    sites.get(name)?.label[locale] ?? name

/** The registry of given sites; `web`, where it is among them, comes last and takes what no other owns. */
export function createRegistry(sites: Site[], origins: Record<string, string> = {}): SiteRegistry {
  const ordered = [...sites].sort((a, b) => Number(a.name === ANY_SITE) - Number(b.name === ANY_SITE))
  const byName = new Map(ordered.map((site) => [site.name, site]))
  const byWord = wordsOf(ordered)
  const others = new Map(
    Object.entries(origins)
      .filter(([name]) => (byName.get(name)?.hosts.length ?? 0) > 0)
      .map(([name, origin]) => [name, new URL(origin)]),
  )
  return {
    all: () => [...ordered],
    get: (name) => byName.get(name),
    resolve: (word) => byWord.get(keysOf(wordForm(word))),
    nearest: (word) => nearestName(word, ordered),
    siteOf: (url) => {
      const own = ordered.find((site) => isHostOf(site, url))
      if (own) return own
      const behind = ordered.filter(({ name }) => others.get(name)?.origin === url.origin)
      return (behind.length > 1 ? behind.find(({ paths }) => paths?.test(url.pathname)) : behind[0]) ?? anySite(byName)
    },
    actual: (name, publicUrl) => {
      const other = others.get(name)
      return other && isHostOf(byName.get(name)!, publicUrl) ? atOrigin(publicUrl, other) : new URL(publicUrl)
    },
    published: (name, actualUrl, requested) => {
      const site = byName.get(name)
      if (!site || others.get(name)?.origin !== actualUrl.origin) return new URL(actualUrl)
      return atOrigin(actualUrl, requested && isHostOf(site, requested) ? requested : new URL(site.origin))
    },
  }
}

function anySite(byName: Map<string, Site>): Site {
  const site = byName.get(ANY_SITE)
  if (!site) throw new Error(`src/sites/shops/ has no ${ANY_SITE}: no site reads an address of no shop`)
  return site
}

/** Whether an address is on one of a site's public hosts. `.ssg.com` stands for every subdomain; look-alikes are none. */
function isHostOf(site: Site, url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '')
  return site.hosts.some((own) => host === own || (own.startsWith('.') && host.endsWith(own)))
}

/** Scheme, host and port of `origin`; path and query of `url`. */
function atOrigin(url: URL, origin: URL): URL {
  const moved = new URL(`${url.pathname}${url.search}`.replace(/^\/+/, '/'), origin.origin)
  moved.hash = url.hash
  return moved
}

const wordForm = (word: string): string => fold(word).replace(/\s+/g, '')

function wordsOf(sites: Site[]): Map<string, { site: Site; meant?: string }> {
  const words = new Map<string, { site: Site; meant?: string }>()
  for (const site of sites) {
    for (const word of [site.name, ...site.aliases, site.label.ko, site.label.en]) {
      const key = keysOf(wordForm(word))
      if (!words.has(key)) words.set(key, { site })
    }
  }
  for (const site of sites) {
    for (const [word, meant] of Object.entries(site.ambiguous ?? {})) words.set(keysOf(wordForm(word)), { site, meant })
  }
  return words
}

function nearestName(word: string, sites: Site[]): string | null {
  const typed = wordForm(word)
  let best: { name: string; distance: number } | null = null
  for (const site of sites) {
    for (const known of [site.name, ...site.aliases, ...Object.keys(site.ambiguous ?? {})]) {
      const distance = editDistance(typed, wordForm(known))
      if (distance <= tolerance(typed, known) && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
        best = { name: site.name, distance }
      }
    }
  }
  return best?.name ?? null
}

/** Two letters off among three is another word. */
const tolerance = (typed: string, known: string): number =>
  typed.length < 2 ? 0 : Math.min(typed.length, known.length) <= 3 ? 1 : 2

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
  /** The known name nearest to a misspelt word (edit distance ≤ 2), or null. */
  nearest(word: string): string | null
  /** The site whose own hosts (public, or its other origin) hold this address; `web` for any other. */
  siteOf(url: URL): Site
  /** Where a public address is really asked: with SITE_<NAME>_URL, that origin; else itself. */
  actual(site: string, publicUrl: URL): URL
  /** The public address of one that was really asked (a redirect's target at the other origin). */
  published(site: string, actualUrl: URL): URL
}

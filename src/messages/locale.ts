/** The languages that every sentence exists in. */
export const LOCALES = ['ko', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** The first language that a browser wishes (Accept-Language, in its order) and that is one of ours. */
export function wishedLocale(header: string | undefined): Locale | undefined {
  for (const wish of (header ?? '').split(',')) {
    const locale = localeOf(wish.split(';')[0]?.trim())
    if (locale) return locale
  }
  return undefined
}

/** The language of a platform's locale tag ("ko", "ko-KR", "en-US", …), or undefined when it is neither. */
export function localeOf(tag: string | null | undefined): Locale | undefined {
  const language = tag?.toLowerCase().split(/[-_]/)[0]
  return LOCALES.find((locale) => locale === language)
}

/** The languages that every sentence exists in. */
export const LOCALES = ['ko', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** The language of a platform's locale tag ("ko", "ko-KR", "en-US", …), or undefined when it is neither. */
export function localeOf(tag: string | null | undefined): Locale | undefined {
  const language = tag?.toLowerCase().split(/[-_]/)[0]
  return LOCALES.find((locale) => locale === language)
}

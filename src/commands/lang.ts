import { Refusal } from '../errors.ts'
import { command } from './command.ts'
import { oneOf } from './options.ts'
import { answer } from './told.ts'

/** `lang ko|en|auto`: the language of the answers; auto follows the platform. */
export const lang = command({
  name: 'lang',
  names: ['언어', 'language'],
  help: 'help.lang',
  options: {
    locale: oneOf(['ko', 'en', 'auto'], {
      form: 'word',
      help: 'help.locale',
      placeholder: 'placeholder.locale',
      absent: null,
      isRequired: true,
      synonyms: { 한국어: 'ko', 한글: 'ko', korean: 'ko', 영어: 'en', english: 'en', 자동: 'auto' },
      refuse: (given) => new Refusal('args.locale', { given }),
    }),
  },
  examples: ['lang ko'],
  run: async ({ desk, asker, platformLocale }, { locale }) => {
    const chosen = locale === 'auto' ? null : locale
    await desk.users.setLocale(asker.user.id, chosen)
    const spoken = chosen ?? platformLocale ?? desk.options.locale
    return { ...answer([desk.say(spoken, chosen === null ? 'reply.locale_auto' : 'reply.locale')]), locale: spoken }
  },
})

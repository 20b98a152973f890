import type { Locale } from '../../src/messages/locale.ts'

/** Sentences that only Discord says. */
export interface DiscordWords {
  /** The bot is in a server where it may not be used. */
  serverNotAllowed: string
  /** A button that this process no longer knows. */
  buttonGone: string
  /** An answer could not be given: the person takes no direct messages. */
  directClosed: string
  /** A file above the attachment limit, and no link can be made. */
  fileTooLarge(name: string): string
  /** The same, with a link for this person. */
  fileLink: string
  /** A line for the operator at start. */
  invite(url: string): string
}

const WORDS: Record<Locale, DiscordWords> = {
  ko: {
    serverNotAllowed: '이 서버에서는 쓸 수 없습니다. 서버를 허용하려면 운영자에게 문의해 주세요.',
    buttonGone: '이 버튼은 이제 쓸 수 없습니다. 명령을 다시 입력해 주세요.',
    directClosed:
      '답은 다이렉트 메시지로 드리는데, 지금은 받지 않도록 설정되어 있습니다. `/crawl`을 쓰거나 이 서버의 다이렉트 메시지를 허용해 주세요.',
    fileTooLarge: (name) =>
      `${name} 파일은 Discord에 올릴 수 있는 크기보다 큽니다. 더 적게(예: --limit 1000) 또는 csv로 받아 보세요.`,
    fileLink: '파일 받기(본인만)',
    invite: (url) => `Discord 초대 주소: ${url}`,
  },
  en: {
    serverNotAllowed: 'The bot may not be used in this server. Ask its operator to allow the server.',
    buttonGone: 'This button no longer works. Please type the command again.',
    directClosed:
      'Answers come by direct message, and yours are closed. Use `/crawl`, or allow direct messages from this server.',
    fileTooLarge: (name) =>
      `${name} is larger than Discord takes. Ask for fewer products (for example --limit 1000) or for csv.`,
    fileLink: 'Download the file (only you)',
    invite: (url) => `Discord invite: ${url}`,
  },
}

/** Discord's own sentences in a language. */
export const discordWords = (locale: Locale): DiscordWords => WORDS[locale]

import type { Locale } from '../../src/messages/locale.ts'

/** Sentences that only Slack says. */
export interface SlackWords {
  /** The bot is not in the channel where the person typed. */
  inviteHint(bot: string): string
  /** The channel is not on the operator's list. */
  channelClosed(channels: string[]): string
  /** The file was sent to the direct message. */
  fileSent: string
  fileFailed: string
  /** Slack takes no such file; the link follows. */
  fileLinked: string
  /** The form could not be opened in time. */
  formLate: string
  openForm: string
  form: {
    title: string
    submit: string
    close: string
    site: string
    words: string
    wordsHint: string
    limit: string
    format: string
    private: string
    privateOption: string
  }
  home: { title: string; now: string; last: string; help: string; start: string }
}

const WORDS: Record<Locale, SlackWords> = {
  ko: {
    inviteHint: (bot) =>
      `이 채널에는 봇이 들어와 있지 않아서 진행 상황과 결과를 다이렉트 메시지로 보냅니다. 채널에서 함께 보려면 /invite ${bot} 로 초대해 주세요.`,
    channelClosed: (channels) =>
      `이 채널에서는 쓸 수 없도록 설정되어 있습니다. 다이렉트 메시지나 허용된 채널(${channels.join(', ')})에서 써 주세요.`,
    fileSent: '파일을 다이렉트 메시지로 보냈습니다.',
    fileFailed: '파일을 보내지 못했습니다. 잠시 뒤에 다시 눌러 주세요.',
    fileLinked: 'Slack이 이 파일을 받지 않아 내려받는 주소를 드립니다. 하루 동안 열리며, 다른 사람에게 보내지 마세요.',
    formLate: '입력 창을 제때 열지 못했습니다. 아래 버튼을 눌러 다시 열어 주세요.',
    openForm: '입력 창 열기',
    form: {
      title: '상품 수집',
      submit: '시작',
      close: '닫기',
      site: '쇼핑몰',
      words: '검색어',
      wordsHint: '비워 두면 그 쇼핑몰의 대표 목록을 모읍니다. 주소로 모으려면 /crawl 뒤에 주소를 적어 주세요.',
      limit: '상품 개수',
      format: '파일 형식',
      private: '공개 범위',
      privateOption: '진행 상황과 결과를 나만 보기',
    },
    home: {
      title: '쇼핑몰 상품 수집',
      now: '진행 중인 작업',
      last: '지난 작업',
      help: '도움말',
      start: '새로 수집하기',
    },
  },
  en: {
    inviteHint: (bot) =>
      `The bot is not in this channel, so progress and results come to you by direct message. To see them here, invite it with /invite ${bot}.`,
    channelClosed: (channels) =>
      `It may not be used in this channel. Use a direct message or one of the allowed channels (${channels.join(', ')}).`,
    fileSent: 'The file is in your direct messages.',
    fileFailed: 'The file could not be sent. Please press again in a moment.',
    fileLinked: 'Slack does not take this file, so here is a link. It works for a day; please keep it to yourself.',
    formLate: 'The form could not be opened in time. Press the button below to open it again.',
    openForm: 'Open the form',
    form: {
      title: 'Crawl a shop',
      submit: 'Start',
      close: 'Close',
      site: 'Shop',
      words: 'Search words',
      wordsHint: 'Without words the shop’s own front list is crawled. For an address, type it after /crawl.',
      limit: 'Number of products',
      format: 'File format',
      private: 'Who sees it',
      privateOption: 'Show progress and results to me alone',
    },
    home: {
      title: 'Shop crawls',
      now: 'Running now',
      last: 'Last results',
      help: 'Help',
      start: 'New crawl',
    },
  },
}

/** Slack's own sentences in a language. */
export const slackWords = (locale: Locale): SlackWords => WORDS[locale]

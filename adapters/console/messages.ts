import type { Locale } from '../../src/messages/locale.ts'

/** Sentences that only the terminal says. */
export interface ConsoleWords {
  /** After the first Ctrl-C, with nothing to cancel. */
  quitHint: string
  /** After the first Ctrl-C, which cancels. */
  cancelling: string
  /** The input has ended while jobs run. */
  finishing: string
  /** The chat ends while a job runs. */
  left: string
}

const WORDS: Record<Locale, ConsoleWords> = {
  ko: {
    quitHint: '끝내려면 Ctrl-C를 한 번 더 누르세요.',
    cancelling: '진행 중인 작업을 취소합니다. 끝내려면 Ctrl-C를 한 번 더 누르세요.',
    finishing: '입력이 끝났습니다. 진행 중인 작업이 끝날 때까지 기다립니다.',
    left: '진행 중인 작업은 그대로 둡니다. 실행 중인 서비스가 이어서 하고, 없으면 다음에 shopcrawl을 시작할 때 이어서 합니다.',
  },
  en: {
    quitHint: 'Press Ctrl-C once more to quit.',
    cancelling: 'Cancelling the running job. Press Ctrl-C once more to quit.',
    finishing: 'The input has ended. Waiting for the running job.',
    left: 'The running job is left as it is: the running service goes on with it, or else the next start of shopcrawl does.',
  },
}

/** The terminal's own sentences in a language. */
export const consoleWords = (locale: Locale): ConsoleWords => WORDS[locale]

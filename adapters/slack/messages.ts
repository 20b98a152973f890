import type { Locale } from '../../src/messages/locale.ts'

/** Sentences that only Slack says. */
export interface SlackWords {
  /** The bot is not in the channel where the person typed. */
  inviteHint(bot: string): string
  /** The channel is not on the operator's list; those that are follow. */
  channelClosed: string
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
  check: {
    silent(host: string, cause: string): string
    token(team: string, bot: string): string
    tokenRefused(error: string): string
    scopes: string
    scopesMissing(scopes: string): string
    scopesSpare(scopes: string): string
    scopesUnknown: string
    socket: string
    socketRefused(error: string): string
    noAddress(path: string): string
    requests(address: string): string
    requestsForged(address: string): string
    requestsLost(address: string, cause: string): string
    /** Slack tells no bot which commands its app has. */
    commands(manifest: string): string
  }
}

const WORDS: Record<Locale, SlackWords> = {
  ko: {
    inviteHint: (bot) =>
      `이 채널에는 봇이 들어와 있지 않아서 진행 상황과 결과를 다이렉트 메시지로 보냅니다. 채널에서 함께 보려면 /invite ${bot} 로 초대해 주세요.`,
    channelClosed: '이 채널에서는 쓸 수 없도록 설정되어 있습니다. 다이렉트 메시지나 허용된 채널에서 써 주세요:',
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
    check: {
      silent: (host, cause) =>
        `Slack: ${host}에서 응답이 없습니다(${cause}). 네트워크와 HTTPS_PROXY, SLACK_API_URL을 확인해 주세요.`,
      token: (team, bot) => `Slack: SLACK_BOT_TOKEN으로 ${team} 워크스페이스의 @${bot}에 연결됩니다.`,
      tokenRefused: (error) =>
        `Slack: SLACK_BOT_TOKEN이 거절되었습니다(${error}). 앱 설정의 OAuth & Permissions에서 Bot User OAuth Token을 다시 복사해 주세요.`,
      scopes: 'Slack: 필요한 권한(scope)이 모두 있습니다.',
      scopesMissing: (scopes) =>
        `Slack: 권한(scope) ${scopes}이(가) 없습니다. 앱 설정의 App Manifest에 저장소의 매니페스트를 넣고 앱을 다시 설치해 주세요.`,
      scopesSpare: (scopes) => `Slack: 쓰지 않는 권한(scope) ${scopes}이(가) 있습니다. 앱에서 빼도 됩니다.`,
      scopesUnknown: 'Slack: 어떤 권한(scope)이 있는지 응답에 없어 확인하지 못했습니다.',
      socket: 'Slack: SLACK_APP_TOKEN으로 소켓 모드에 연결할 수 있습니다.',
      socketRefused: (error) =>
        `Slack: SLACK_APP_TOKEN이 거절되었습니다(${error}). 앱 설정에서 Socket Mode를 켜고, Basic Information에서 connections:write 권한의 App-Level Token을 새로 만들어 주세요.`,
      noAddress: (path) =>
        `Slack: PUBLIC_URL이 없어 요청이 오는 길을 확인하지 못했습니다. PUBLIC_URL을 적고, 앱의 요청 주소를 그 주소에 ${path}를 붙인 것으로 해 주세요.`,
      requests: (address) => `Slack: 서명한 요청이 ${address}에 닿고 받아들여집니다.`,
      requestsForged: (address) =>
        `Slack: ${address}에서 서명을 거절했습니다. 실행 중인 서비스의 SLACK_SIGNING_SECRET과 시계를 확인해 주세요.`,
      requestsLost: (address, cause) =>
        `Slack: 서명한 요청이 ${address}에서 받아들여지지 않았습니다(${cause}). 서비스가 실행 중인지, 프록시가 본문을 바꾸지 않고 넘기는지 확인해 주세요.`,
      commands: (manifest) =>
        `Slack: /crawl이 등록되었는지는 봇이 물어볼 수 없습니다. 앱의 매니페스트가 ${manifest}와 같은지 확인해 주세요.`,
    },
  },
  en: {
    inviteHint: (bot) =>
      `The bot is not in this channel, so progress and results come to you by direct message. To see them here, invite it with /invite ${bot}.`,
    channelClosed: 'It may not be used in this channel. Use a direct message, or one of the allowed channels:',
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
    check: {
      silent: (host, cause) =>
        `Slack: ${host} does not answer (${cause}). Look at the network, HTTPS_PROXY and SLACK_API_URL.`,
      token: (team, bot) => `Slack: SLACK_BOT_TOKEN is @${bot} in the workspace ${team}.`,
      tokenRefused: (error) =>
        `Slack: SLACK_BOT_TOKEN is refused (${error}). Copy the Bot User OAuth Token again from the app’s OAuth & Permissions.`,
      scopes: 'Slack: all scopes that are needed are there.',
      scopesMissing: (scopes) =>
        `Slack: these scopes are missing: ${scopes}. Put the manifest of the repository into the app’s App Manifest and install the app again.`,
      scopesSpare: (scopes) => `Slack: these scopes are not used: ${scopes}. They can be taken from the app.`,
      scopesUnknown: 'Slack: the answer does not tell which scopes there are.',
      socket: 'Slack: socket mode opens with SLACK_APP_TOKEN.',
      socketRefused: (error) =>
        `Slack: SLACK_APP_TOKEN is refused (${error}). Turn Socket Mode on in the app, and make an App-Level Token with connections:write under Basic Information.`,
      noAddress: (path) =>
        `Slack: without PUBLIC_URL the way of its requests cannot be tested. Set it, and make the app’s request URL that address with ${path} behind it.`,
      requests: (address) => `Slack: a signed request reaches ${address} and is accepted.`,
      requestsForged: (address) =>
        `Slack: ${address} refuses the signature. Look at SLACK_SIGNING_SECRET of the running service, and at its clock.`,
      requestsLost: (address, cause) =>
        `Slack: a signed request to ${address} is not accepted (${cause}). See that the service runs, and that a proxy hands bodies on as they are.`,
      commands: (manifest) =>
        `Slack: no bot can ask whether /crawl is registered. See that the app’s manifest is ${manifest}.`,
    },
  },
}

/** Slack's own sentences in a language. */
export const slackWords = (locale: Locale): SlackWords => WORDS[locale]

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
  check: {
    silent(host: string, cause: string): string
    token(name: string): string
    tokenRefused(cause: string): string
    /** Anybody can put the bot into a server, and no list of servers is set. */
    open: string
    /** The same, but only the listed servers may use it. */
    openListed: string
    closed: string
    intents(names: string): string
    intentsSpare(names: string): string
    sessions(left: number): string
    gateway(host: string): string
    gatewaySilent(host: string, cause: string): string
    noServer(invite: string): string
    absent(server: string, invite: string): string
    permissions(server: string, names: string, invite: string): string
    server(server: string): string
    commands: string
    commandsDiffer(where: string): string
    commandsRefused(where: string, cause: string): string
    everywhere: string
  }
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
    check: {
      silent: (host, cause) =>
        `Discord: ${host}에서 응답이 없습니다(${cause}). 네트워크와 HTTPS_PROXY, DISCORD_API_URL을 확인해 주세요.`,
      token: (name) => `Discord: DISCORD_TOKEN은 ${name} 앱의 것입니다.`,
      tokenRefused: (cause) =>
        `Discord: DISCORD_TOKEN이 거절되었습니다(${cause}). 개발자 포털의 Bot에서 Reset Token을 눌러 새 토큰을 넣어 주세요.`,
      open: 'Discord: 누구나 이 봇을 자기 서버에 넣을 수 있습니다. DISCORD_GUILDS에 쓸 서버를 적거나, 개발자 포털의 Bot에서 Public Bot을 꺼 주세요(먼저 Installation의 Install Link를 None으로).',
      openListed:
        'Discord: 누구나 봇을 서버에 넣을 수 있지만 DISCORD_GUILDS의 서버에서만 쓸 수 있습니다. 개발자 포털의 Bot에서 Public Bot을 꺼도 됩니다.',
      closed: 'Discord: 봇은 주인만 초대할 수 있습니다(Public Bot 꺼짐).',
      intents: (names) => `Discord: 인텐트 ${names}만 쓰며, 따로 허가가 필요한 것은 없습니다.`,
      intentsSpare: (names) =>
        `Discord: 쓰지 않는 인텐트 ${names}이(가) 켜져 있습니다. 개발자 포털의 Bot에서 꺼도 됩니다.`,
      sessions: (left) =>
        `Discord: 오늘 열 수 있는 세션이 ${left}개 남았습니다. 되풀이해서 다시 시작하는 서비스가 없는지 확인해 주세요.`,
      gateway: (host) => `Discord: 게이트웨이 ${host}에 직접 연결됩니다.`,
      gatewaySilent: (host, cause) =>
        `Discord: 게이트웨이 ${host}에 연결되지 않습니다(${cause}). 게이트웨이는 프록시를 쓰지 않으니 방화벽에서 직접 나가게 허용해 주세요.`,
      noServer: (invite) => `Discord: 봇이 들어간 서버가 없습니다. 다음 주소로 초대해 주세요: ${invite}`,
      absent: (server, invite) =>
        `Discord: DISCORD_GUILDS의 서버 ${server}에 봇이 없습니다. 다음 주소로 초대해 주세요: ${invite}`,
      permissions: (server, names, invite) =>
        `Discord: ${server} 서버에서 권한 ${names}이(가) 없습니다. 다음 주소로 다시 초대하거나 봇의 역할에 권한을 주세요: ${invite}`,
      server: (server) => `Discord: ${server} 서버에서 필요한 권한이 모두 있습니다.`,
      commands: 'Discord: /crawl 명령이 최신으로 등록되어 있습니다.',
      commandsDiffer: (where) =>
        `Discord: /crawl 명령이 아직 없거나 이전 것입니다(${where}). 서비스를 시작하면 등록됩니다.`,
      commandsRefused: (where, cause) =>
        `Discord: 등록된 명령을 볼 수 없습니다(${where}: ${cause}). applications.commands가 들어 있는 초대 주소로 다시 초대해 주세요.`,
      everywhere: '모든 서버',
    },
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
    check: {
      silent: (host, cause) =>
        `Discord: ${host} does not answer (${cause}). Look at the network, HTTPS_PROXY and DISCORD_API_URL.`,
      token: (name) => `Discord: DISCORD_TOKEN belongs to the application ${name}.`,
      tokenRefused: (cause) =>
        `Discord: DISCORD_TOKEN is refused (${cause}). Press Reset Token under Bot in the Developer Portal and set the new one.`,
      open: 'Discord: anybody can put this bot into a server of theirs. Name your servers in DISCORD_GUILDS, or turn Public Bot off under Bot in the Developer Portal (first set Install Link to None under Installation).',
      openListed:
        'Discord: anybody can put this bot into a server, but only those of DISCORD_GUILDS may use it. Public Bot can be turned off under Bot in the Developer Portal.',
      closed: 'Discord: only its owner can invite the bot (Public Bot is off).',
      intents: (names) => `Discord: it asks for the intents ${names}; none of them is privileged.`,
      intentsSpare: (names) =>
        `Discord: these privileged intents are on and not used: ${names}. They can be turned off under Bot in the Developer Portal.`,
      sessions: (left) => `Discord: ${left} sessions are left today. See whether a service restarts again and again.`,
      gateway: (host) => `Discord: the gateway ${host} is reached directly.`,
      gatewaySilent: (host, cause) =>
        `Discord: the gateway ${host} is not reached (${cause}). It does not use the proxy: let it out through the firewall.`,
      noServer: (invite) => `Discord: the bot is in no server yet. Invite it: ${invite}`,
      absent: (server, invite) =>
        `Discord: the bot is not in the server ${server} of DISCORD_GUILDS. Invite it: ${invite}`,
      permissions: (server, names, invite) =>
        `Discord: in the server ${server} the bot lacks ${names}. Invite it again, or give its role these permissions: ${invite}`,
      server: (server) => `Discord: in the server ${server} the bot has every permission that it needs.`,
      commands: 'Discord: /crawl is registered as this version knows it.',
      commandsDiffer: (where) =>
        `Discord: /crawl is not registered yet, or as an older version knew it (${where}). Starting the service registers it.`,
      commandsRefused: (where, cause) =>
        `Discord: the registered commands cannot be read (${where}: ${cause}). Invite the bot again by a link with applications.commands.`,
      everywhere: 'every server',
    },
  },
}

/** Discord's own sentences in a language. */
export const discordWords = (locale: Locale): DiscordWords => WORDS[locale]

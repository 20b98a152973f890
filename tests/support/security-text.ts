import { PermissionsBitField } from 'discord.js'
import { PERMISSIONS } from '../../adapters/discord/register.ts'
import type { INTENTS } from '../../adapters/discord/transport.ts'
import { SCOPES } from '../../adapters/slack/manifest.ts'
import type { Tables } from '../../db/tables.ts'
import type { Locale } from '../../src/messages/locale.ts'

type Told = Record<Locale, string>

const LASTING: Told = { en: 'until deleted', ko: '지울 때까지' }
const RETAINED: Told = { en: '`RETENTION_DAYS` after the job’s end', ko: '작업이 끝나고 `RETENTION_DAYS` 동안' }
const WEEK: Told = { en: '7 days, at most `RETENTION_DAYS`', ko: '7일, 길어도 `RETENTION_DAYS`' }
const NOW: Told = { en: 'while it applies', ko: '해당하는 동안' }

/**
 * What each table holds and for how long. A new table needs a line here, or nothing compiles; then
 * `UPDATE_DOCS=1 npx vitest run tests/security/document.test.ts` writes it into docs/security.md and .ko.md.
 */
const TABLES: Record<keyof Tables, [holds: Told, kept: Told]> = {
  access_sessions: [
    { en: 'sign-ins to the administrator’s page: a hash, role, times', ko: '관리자 화면 로그인: 해시, 역할, 시각' },
    { en: 'until signed out or expired', ko: '로그아웃하거나 만료될 때까지' },
  ],
  access_attempts: [
    { en: 'failed sign-ins: the visitor’s address and the time', ko: '실패한 로그인: 접속 주소와 시각' },
    NOW,
  ],
  audit: [
    {
      en: 'what administrators did: who, what, to which job, site or user',
      ko: '관리자가 한 일: 누가, 무엇을, 어느 작업·쇼핑몰·사용자에게',
    },
    LASTING,
  ],
  paused_sites: [{ en: 'shops that an administrator has paused', ko: '관리자가 멈춘 쇼핑몰' }, NOW],
  users: [{ en: 'a person: language, blocked or not', ko: '사람: 언어, 차단 여부' }, LASTING],
  accounts: [
    {
      en: 'their accounts: platform, workspace, user id, display name',
      ko: '계정: 플랫폼, 워크스페이스, 사용자 id, 표시 이름',
    },
    LASTING,
  ],
  jobs: [
    {
      en: 'what was asked for (shop, words, address), where, counters, state',
      ko: '요청(쇼핑몰, 검색어, 주소), 장소, 개수, 상태',
    },
    {
      en: 'words and address: `RETENTION_DAYS` after its end; the rest until deleted',
      ko: '검색어와 주소: 끝나고 `RETENTION_DAYS` 동안, 나머지: 지울 때까지',
    },
  ],
  frontier: [{ en: 'the pages of a job', ko: '작업이 읽을 페이지' }, RETAINED],
  lists: [{ en: 'how far each list of a job is', ko: '작업의 목록별 진행' }, RETAINED],
  seen: [
    { en: 'product ids that a list has shown', ko: '목록에 나온 상품 id' },
    { en: 'until the job ends', ko: '작업이 끝날 때까지' },
  ],
  products: [{ en: 'the products found', ko: '찾은 상품' }, RETAINED],
  outbox: [
    {
      en: 'messages and files owed to chat: kind and place, never the text',
      ko: '채팅에 보낼 메시지와 파일: 종류와 장소(본문 없음)',
    },
    RETAINED,
  ],
  files: [{ en: 'name, size and owner of the result files', ko: '결과 파일의 이름, 크기, 주인' }, RETAINED],
  commands: [
    {
      en: 'who gave which command when, and its outcome; not its words',
      ko: '누가 언제 어떤 명령을 했고 어떻게 끝났는지(검색어 없음)',
    },
    { en: '`RETENTION_DAYS`', ko: '`RETENTION_DAYS` 동안' },
  ],
  request_log: [
    { en: 'requests to shops: address, status, size, time', ko: '쇼핑몰에 보낸 요청: 주소, 상태, 크기, 시간' },
    WEEK,
  ],
  evidence: [
    { en: 'up to 20 pages of a job that could not be read, 1 MB each', ko: '읽지 못한 페이지(작업마다 20개, 1MB까지)' },
    WEEK,
  ],
  robots: [
    { en: 'robots.txt of shops, up to 512 KiB each', ko: '쇼핑몰의 robots.txt(하나에 512 KiB까지)' },
    { en: 'used for a day, gone within two days more', ko: '하루 동안 쓰고 그 뒤 이틀 안에 삭제' },
  ],
  coverage_memory: [
    { en: 'which fields a shop usually shows, as shares', ko: '쇼핑몰이 보통 보여 주는 항목의 비율' },
    { en: '90 days', ko: '90일' },
  ],
  owner: [{ en: 'process id of the running service', ko: '실행 중인 서비스의 프로세스 id' }, NOW],
  event_ids: [
    { en: 'ids of events that were handled', ko: '처리한 이벤트의 id' },
    { en: '24 hours', ko: '24시간' },
  ],
  secrets: [
    {
      en: 'on PostgreSQL: the key that signs download links',
      ko: 'PostgreSQL에서: 다운로드 링크에 서명하는 키',
    },
    LASTING,
  ],
  last_buttons: [
    {
      en: 'what the buttons that a person saw last stand for, with the words that were typed, for `press`',
      ko: '`press`에 쓰는, 마지막으로 본 버튼의 명령(입력한 검색어 포함)',
    },
    { en: '24 hours', ko: '24시간' },
  ],
  chat_sessions: [
    { en: 'when sessions with Discord began', ko: 'Discord 세션을 시작한 시각' },
    { en: '24 hours', ko: '24시간' },
  ],
  duties: [
    {
      en: 'which process has which duty (several processes only)',
      ko: '어느 프로세스가 어느 일을 맡았는지(여러 프로세스일 때)',
    },
    NOW,
  ],
  link_codes: [
    { en: 'hashes of codes that link two accounts', ko: '계정을 잇는 코드의 해시' },
    { en: '10 minutes, or until used; gone within a day', ko: '10분 또는 쓸 때까지(하루 안에 지움)' },
  ],
  link_tries: [
    { en: 'who tried a code when', ko: '누가 언제 코드를 시도했는지' },
    { en: '24 hours', ko: '24시간' },
  ],
  notices: [
    { en: 'that a person’s account was linked, to be told to them', ko: '계정이 이어졌다고 본인에게 알릴 일' },
    { en: '24 hours', ko: '24시간' },
  ],
  closings: [
    {
      en: 'where a crawl was told of that ended with its person’s data, to take it back there: platform, thread, message, language',
      ko: '데이터와 함께 끝난 크롤링을 알리던 곳, 그 글을 거둘 일: 플랫폼, 스레드, 글의 id, 언어',
    },
    { en: 'until taken back, at most 24 hours', ko: '거둘 때까지, 최대 24시간' },
  ],
  farewells: [
    {
      en: 'that a linked account’s data is gone, to be told there: platform, workspace, user id, language',
      ko: '연결된 계정의 데이터가 지워졌다고 그 계정에 알릴 일: 플랫폼, 워크스페이스, 사용자 id, 언어',
    },
    { en: 'until told, at most 24 hours', ko: '알릴 때까지, 최대 24시간' },
  ],
  ended_jobs: [{ en: 'totals of ended jobs by shop', ko: '쇼핑몰별 끝난 작업 수' }, LASTING],
  ended_jobs_by_time: [{ en: 'the same by quarter of an hour', ko: '같은 수를 15분 단위로' }, LASTING],
}

const SCOPES_KO: Record<keyof typeof SCOPES, string> = {
  'app_mentions:read': '슬래시 명령이 안 되는 스레드에서 "@bot status"를 듣습니다',
  'channels:history': '보냈는지 모르는 메시지를 다시 보내기 전에 공개 채널에서 자기 메시지를 찾습니다',
  'chat:write': '스레드에 글을 쓰고 고칩니다',
  commands: '/crawl 명령을 제공합니다',
  'files:write': '결과 파일을 스레드에 올립니다',
  'groups:history': 'channels:history와 같으며, 초대받은 비공개 채널용입니다',
  'im:history': '봇에게 직접 쓴 글을 듣습니다',
  'im:write': '비공개 작업과 파일을 위해 다이렉트 메시지를 엽니다',
  'users:read': '이름과 언어를 압니다',
}

const INTENT_REASONS: Record<keyof typeof INTENTS, Told> = {
  Guilds: { en: 'know its servers and channels', ko: '서버와 채널을 압니다' },
  GuildMessages: {
    en: 'hear mentions of the bot (other messages come without text)',
    ko: '봇을 부르는 글을 듣습니다(다른 글은 본문 없이 옵니다)',
  },
  DirectMessages: { en: 'hear what is written to it directly', ko: '봇에게 직접 쓴 글을 듣습니다' },
}

const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`
const table = (head: string[], rows: string[][]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')

/** The parts of docs/security.md (and .ko.md) that follow from the code, by the name between their marks. */
export function securityParts(locale: Locale): Record<string, string> {
  const words =
    locale === 'en' ? { why: 'why', holds: 'holds', kept: 'kept' } : { why: '이유', holds: '내용', kept: '기간' }
  const scopes = Object.entries(SCOPES) as [keyof typeof SCOPES, string][]
  const intents = Object.entries(INTENT_REASONS)
  return {
    scopes: table(
      ['scope', words.why],
      scopes.map(([scope, why]) => [`\`${scope}\``, locale === 'en' ? why : SCOPES_KO[scope]]),
    ),
    intents: table(
      ['intent', words.why],
      intents.map(([intent, why]) => [`\`${intent}\``, why[locale]]),
    ),
    permissions: new PermissionsBitField(PERMISSIONS)
      .toArray()
      .map((name) => `\`${name}\``)
      .join(', '),
    tables: table(
      [locale === 'en' ? 'table' : '테이블', words.holds, words.kept],
      Object.entries(TABLES).map(([name, [holds, kept]]) => [`\`${name}\``, holds[locale], kept[locale]]),
    ),
  }
}

/** The document with every part between its marks as the code says it. */
export function withParts(document: string, locale: Locale): string {
  let text = document
  for (const [name, part] of Object.entries(securityParts(locale))) {
    const marked = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!marked.test(text)) throw new Error(`no marks for ${name}`)
    text = text.replace(marked, (_, before: string, after: string) => `${before}${part}\n${after}`)
  }
  return text
}

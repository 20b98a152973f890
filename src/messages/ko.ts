import { adminKo } from './admin.ko.ts'
import { causeIn } from './cause.ts'
import { checkKo } from './check.ko.ts'
import {
  address,
  bytes,
  cut,
  dateTime,
  duration,
  hostName,
  moment,
  money,
  number,
  particle,
  percent,
  platformName,
  quote,
} from './format.ts'
import type { Catalogue, Topic } from './sentences.ts'

const count = (value: number): string => `${number('ko', value)}개`
const why = (cause: string): string => causeIn('ko', cause)
const time = (ms: number): string => duration('ko', ms)
const size = (value: number): string => bytes('ko', value)
const guess = (suggestion: string | null, otherwise: string): string =>
  suggestion === null ? otherwise : `혹시 ${quote(suggestion)}인가요?`

const topic = (it: Topic): string => `${it.site} · ${wish(it)}`

function wish({ words, url, isRemoved }: Topic): string {
  if (isRemoved) return '지워짐'
  if (url !== null) return cut(address(url), 80)
  return words === '' ? '대표 목록' : cut(words, 60)
}

const STATES = { queued: '대기', running: '수집 중', succeeded: '완료', failed: '실패', cancelled: '취소' } as const

const jobs = (value: number): string => `${number('ko', value)}건`
const endings = (it: { completed: number; failed: number; cancelled: number; products: number }): string =>
  `완료 ${jobs(it.completed)}, 실패 ${jobs(it.failed)}, 취소 ${jobs(it.cancelled)}, 상품 ${count(it.products)}`

const of = ({ used, limit }: { used: number; limit: number }): string => `${number('ko', used)}/${number('ko', limit)}`

/** What the address is for the person: the middle of many sentences. */
const page = (url: string): string => `페이지(${address(url)})`

/** Every sentence in Korean: what happened, then what to do next. */
export const ko: Catalogue = {
  ...adminKo,
  // what a person typed
  'command.unknown': (it) =>
    `${quote(it.word)}${particle(it.word, '이라는/라는')} 명령은 없습니다. ${guess(it.suggestion, '쓸 수 있는 명령은 help로 볼 수 있습니다.')}`,
  'command.too_many': (it) =>
    `명령은 1분에 ${number('ko', it.limit)}번까지 보낼 수 있습니다. ${time(it.seconds * 1_000)} 뒤에 다시 보내 주세요.`,
  'site.unknown': (it) =>
    `${quote(it.word)}${particle(it.word, '이라는/라는')} 쇼핑몰은 모릅니다. ${guess(it.suggestion, '쓸 수 있는 쇼핑몰은 sites로 볼 수 있습니다.')}`,
  'site.absent': (it) => `이 버전에는 ${it.site} 쇼핑몰이 없습니다. 쓸 수 있는 쇼핑몰은 sites로 볼 수 있습니다.`,
  'args.site_missing': () => '어느 쇼핑몰인지 적어 주세요. 예: samsung 갤럭시',
  'args.url_missing': (it) =>
    `${it.site}에는 수집할 페이지의 주소가 필요합니다. https://로 시작하는 주소를 적어 주세요.`,
  'args.option_unknown': (it) =>
    `${quote(it.option)} 옵션은 없습니다. ${it.known === '' ? '이 명령은 옵션을 받지 않으니 빼고 다시 보내 주세요.' : `쓸 수 있는 옵션: ${it.known}`}`,
  'args.value_missing': (it) => `${it.option} 뒤에 값이 없습니다. 값을 함께 적어 주세요.`,
  'args.limit': (it) =>
    `상품 개수 ${quote(it.given, 20)}${particle(cut(it.given, 20), '은/는')} 쓸 수 없습니다. 1부터 ${number('ko', it.max)}까지의 정수로 적어 주세요.`,
  'args.format': (it) => `${quote(it.given, 20)} 형식은 없습니다. ${it.known} 가운데에서 골라 주세요.`,
  'args.words_too_long': (it) =>
    `검색어가 너무 깁니다(${number('ko', it.length)}자). ${number('ko', it.max)}자 안으로 줄여 주세요.`,
  'args.text_too_long': (it) =>
    `입력이 너무 깁니다(${number('ko', it.length)}자). ${number('ko', it.max)}자 안으로 줄여 주세요.`,
  'args.locale': (it) => `${quote(it.given, 20)} 언어는 없습니다. ko, en, auto 가운데에서 골라 주세요.`,
  'args.out_conflict': (it) =>
    `파일 이름 ${quote(it.out)}의 확장자와 --format ${it.format}${particle(it.format, '이/가')} 서로 다릅니다. 하나로 맞춰 주세요.`,
  'args.out_ending': (it) =>
    `파일 이름 ${quote(it.out)}에 확장자가 없어 어떤 형식인지 알 수 없습니다. ${it.known} 가운데 하나를 붙이거나 --format을 함께 적어 주세요.`,
  'args.database': (it) => `${it.option}: 데이터베이스 주소가 아닙니다. ${it.expected} 형태로 적어 주세요.`,
  'args.press': (it) =>
    it.max === 0
      ? '지금 누를 수 있는 버튼이 없습니다. status로 작업 상태를 먼저 확인해 주세요.'
      : `${quote(it.given, 20)}번 버튼은 없습니다. 1부터 ${number('ko', it.max)}까지의 번호로 적어 주세요.`,
  'args.unexpected': (it) =>
    `${it.command} 명령에는 ${quote(it.word)}${particle(cut(it.word, 60), '을/를')} 함께 쓸 수 없습니다. 빼고 다시 보내 주세요.`,
  'args.yes_missing': (it) =>
    `확인을 받을 사람이 없습니다. 이 사람의 데이터를 모두 지우려면 ${it.option}${particle(it.option, '을/를')} 붙여 주세요.`,
  'url.invalid': (it) =>
    `주소 ${quote(it.url)}${particle(cut(it.url, 60), '을/를')} 읽을 수 없습니다. https://로 시작하는 전체 주소를 적어 주세요.`,
  'url.scheme': (it) => `${it.scheme} 주소는 수집할 수 없습니다. http:// 또는 https://로 시작하는 주소를 적어 주세요.`,
  'url.too_long': (it) =>
    `주소가 너무 깁니다(${number('ko', it.length)}자). ${number('ko', it.max)}자 안의 주소를 적어 주세요.`,
  'url.credentials': (it) =>
    `${hostName(it.host)} 주소에 아이디나 비밀번호가 들어 있습니다. 그 부분을 지우고 다시 보내 주세요.`,
  'url.port': (it) =>
    `${hostName(it.host)}의 포트 ${it.port}번은 수집할 수 없습니다. 필요하면 관리자에게 ${it.setting} 설정을 요청해 주세요.`,
  'address.forbidden': (it) =>
    `${hostName(it.host)}${particle(it.host, '은/는')} 내부망 또는 예약된 주소라서 수집할 수 없습니다. 꼭 필요하면 관리자가 ${it.setting}에 그 주소를 적어야 합니다.`,
  'host.blocked': (it) =>
    `${hostName(it.host)}${particle(it.host, '은/는')} 관리자가 수집을 막아 둔 곳입니다. 다른 쇼핑몰을 골라 주세요.`,
  // the rule
  'job.active': (it, { shop }) =>
    `이미 크롤링이 진행 중입니다: ${cut(`${shop(it.site)} ${it.words}`.trim(), 80)}. 끝난 뒤에 다시 요청하거나, 먼저 취소해 주세요.`,
  'job.none_active': () => '지금 진행 중인 크롤링이 없습니다. 지난 작업은 history로 볼 수 있습니다.',
  'job.unknown': (it) =>
    it.given === ''
      ? '아직 끝난 크롤링이 없습니다. 먼저 ‘samsung 갤럭시’처럼 하나 시작해 주세요.'
      : `${quote(it.given, 30)} 작업을 찾을 수 없습니다. 작업 번호는 history로 확인해 주세요.`,
  'job.not_failed': (it) =>
    it.state === 'queued' || it.state === 'running'
      ? '그 작업은 아직 진행 중입니다. 끝난 뒤에 다시 시도해 주세요.'
      : '실패한 작업만 다시 시도할 수 있습니다. 같은 작업을 새로 하려면 again 뒤에 작업 번호를 적어 주세요.',
  'job.still_active': () => '그 작업은 아직 진행 중이라 결과가 없습니다. 끝나면 파일을 올려 드립니다.',
  'job.cleared': () => '보관 기간이 지났거나 직접 지워서 검색어와 결과가 없는 작업입니다. 필요하면 새로 시작해 주세요.',
  'job.no_products': () => '그 작업에는 수집된 상품이 없어 파일이 없습니다. 다른 검색어로 다시 해 주세요.',
  'admin.only': (it) =>
    `관리자만 쓸 수 있는 명령입니다. 필요하면 운영자에게 ${it.setting}에 이 계정(${it.account})을 넣어 달라고 요청해 주세요.`,
  'site.paused': (it, { shop }) =>
    `관리자가 ${shop(it.site)} 수집을 잠시 멈춰 두어 새로 시작할 수 없습니다. 다른 쇼핑몰을 고르거나 나중에 다시 시도해 주세요.`,
  'site.held': (it, { shop }) => `관리자가 ${shop(it.site)} 수집을 잠시 멈췄습니다. 다시 열리면 저절로 이어집니다.`,
  'override.job_unknown': (it) => `${quote(it.job, 30)} 작업이 없습니다.`,
  'override.job_ended': (it) =>
    `이미 끝난 작업입니다(${STATES[it.state as keyof typeof STATES] ?? it.state}). 대기 중이거나 수집 중인 작업만 바꿀 수 있습니다.`,
  'override.not_failed': (it) =>
    `실패한 작업이 아닙니다(${STATES[it.state as keyof typeof STATES] ?? it.state}). 실패한 작업만 다시 시도할 수 있습니다.`,
  'override.job_active': (it) =>
    `이 사용자에게 진행 중인 다른 작업(${it.job})이 있습니다. 끝나기를 기다리거나 취소한 뒤 다시 시도해 주세요.`,
  'override.user_unknown': (it) => `${quote(it.user, 30)} 사용자가 없습니다.`,
  'override.user_blocked': () => '차단된 사용자의 작업입니다. 먼저 차단을 푼 뒤 다시 시도해 주세요.',
  'override.site_unknown': (it) => `${quote(it.site, 30)} 쇼핑몰이 없습니다.`,
  'user.blocked': (it) =>
    `지금은 이 봇을 사용할 수 없도록 막혀 있습니다. ${it.contact === null ? '관리자에게' : `${it.contact}에`} 문의해 주세요.`,
  'user.gone': () => '방금 데이터가 모두 지워져서 이 명령은 처리하지 않았습니다. 다시 보내면 새로 시작합니다.',
  'user.unknown': (it) =>
    `${quote(it.given, 100)} 사용자를 찾을 수 없습니다. 사용자 id나 slack:T1/U1, discord:123 같은 계정을 적어 주세요. 둘 다 관리 화면에서 볼 수 있습니다.`,
  'link.code_unknown': () =>
    '쓸 수 없는 코드입니다. 틀렸거나, 이미 썼거나, 10분이 지난 코드입니다. 다른 메신저에서 link를 보내 새 코드를 받아 주세요.',
  'link.too_many': (it) =>
    `틀린 코드를 너무 많이 보냈습니다(${number('ko', it.tries)}번). ${time(it.minutes * 60_000)} 뒤에 다시 해 주세요.`,
  'link.same_chat': (it) =>
    `이 코드도 ${platformName(it.platform)}에서 받은 코드입니다. 다른 계정이 있는 메신저에서 보내 주세요.`,
  'link.already': () => '이미 연결된 계정입니다. 연결을 해제하려면 unlink를 보내 주세요.',
  'link.both_active': (it, { shop }) =>
    `여기와 ${platformName(it.platform)}에서 크롤링이 하나씩 진행 중입니다. 크롤링은 한 사람이 한 번에 하나씩 할 수 있으니, 이 작업이 끝나기를 기다리거나 취소해 주세요: ${cut(`${shop(it.site)} ${it.words}`.trim(), 80)}. 그다음 다시 확인해 주세요. 코드는 아직 쓸 수 있습니다.`,
  'link.code_seen': () =>
    '다른 사람도 볼 수 있는 곳에 적은 코드라 더는 쓸 수 없게 했습니다. 다른 메신저에서 link를 보내 새 코드를 받고, 슬래시 명령이나 다이렉트 메시지로 보내 주세요.',
  'link.none': () => '이 계정은 다른 계정과 연결되어 있지 않습니다. 연결하려면 link를 보내 주세요.',
  'quota.jobs': (it, { timeZone }) =>
    `${it.window === 'hour' ? '한 시간' : '하루'}에 시작할 수 있는 크롤링 ${number('ko', it.limit)}번을 모두 썼습니다. ${moment('ko', it.at, timeZone)}부터 다시 요청할 수 있습니다.`,
  'quota.pages': (it, { timeZone }) =>
    `하루에 ${it.host === null ? '' : `${hostName(it.host)}에서 `}읽을 수 있는 페이지 ${count(it.limit)}를 모두 썼습니다. ${moment('ko', it.at, timeZone)}에 다시 시작할 수 있습니다.`,
  'quota.hosts': (it, { timeZone }) =>
    `하루에 수집할 수 있는 쇼핑몰은 ${count(it.limit)}까지입니다. 이미 수집한 쇼핑몰은 지금도 되고, 새 쇼핑몰은 ${moment('ko', it.at, timeZone)}부터 됩니다.`,
  'quota.bytes': (it, { timeZone }) =>
    `결과 파일이 ${size(it.bytes)}입니다. 한 사람이 보관할 수 있는 크기는 ${size(it.limit)}까지입니다. 오래된 결과를 지우려면 forget 뒤에 history에 나오는 작업 번호를 적어 보내 주세요.${it.at === null ? '' : ` 가장 오래된 결과는 ${dateTime('ko', it.at, timeZone)}에 저절로 지워집니다.`}`,
  'chat.backlog': (it) =>
    `${platformName(it.platform)}에 보낼 메시지가 많이 밀려 있어 새 크롤링을 시작하지 않았습니다. 몇 분 뒤에 다시 보내 주세요.`,
  // robots.txt
  'robots.forbidden': (it) =>
    `${hostName(it.host)}의 robots.txt가 자동 수집을 금지하고 있어 진행하지 않았습니다. 쇼핑몰의 허락을 받았다면 관리자가 ${it.setting}에 적어야 합니다.`,
  'robots.unreachable': (it) =>
    `${hostName(it.host)}의 robots.txt를 받지 못해 수집해도 되는지 확인할 수 없습니다. 잠시 뒤에 다시 시도해 주세요.`,
  'robots.delay': (it) =>
    `${hostName(it.host)}의 robots.txt가 요청 사이에 ${time(it.seconds * 1_000)}씩 쉬라고 하는데, 최대 ${time(it.max * 1_000)}까지만 기다릴 수 있습니다. 다른 쇼핑몰을 골라 주세요.`,
  // the shop
  'page.dns': (it) => `${hostName(it.host)} 주소를 찾을 수 없습니다. 주소가 맞는지 확인해 주세요.`,
  'page.network': (it) =>
    `${hostName(it.host)}에 연결하지 못했습니다(${why(it.cause)}). 잠시 뒤에 다시 시도해 주세요.${it.proxyHint ? ' 수집은 HTTPS_PROXY를 거치지 않고 직접 연결하므로, 방화벽에서 이 서버의 접속을 허용해야 합니다.' : ''}`,
  'page.tls': (it) =>
    `${hostName(it.host)}의 보안 인증서를 확인하지 못했습니다(${why(it.cause)}). 쇼핑몰의 인증서가 고쳐진 뒤에 다시 시도해 주세요.`,
  'page.timeout': (it) =>
    `${hostName(it.host)}에서 ${time(it.seconds * 1_000)} 안에 응답이 오지 않았습니다. 잠시 뒤에 다시 시도해 주세요.`,
  'page.status': (it) => `쇼핑몰 ${page(it.url)}가 오류(${it.status})로 답했습니다. 잠시 뒤에 다시 시도해 주세요.`,
  'page.not_found': (it) => `${page(it.url)}가 없습니다(${it.status}). 주소가 맞는지 확인해 주세요.`,
  'page.rate_limited': (it, { timeZone }) =>
    `${hostName(it.host)}에서 요청이 너무 많다고 알려 왔습니다. ${it.retryAt === null ? '시간을 두고' : `${moment('ko', it.retryAt, timeZone)} 이후에`} 다시 시도해 주세요.`,
  'page.too_large': (it) =>
    `${page(it.url)}가 너무 큽니다. 한 페이지는 ${number('ko', it.megabytes)}MB까지만 읽습니다. 더 좁은 목록의 주소를 적어 주세요.`,
  'page.bomb': (it) => `${page(it.url)}가 압축을 풀면 비정상적으로 커져서 읽기를 멈췄습니다. 다른 주소를 적어 주세요.`,
  'page.encoding': (it) =>
    `${page(it.url)}의 압축 방식 ${quote(it.encoding, 30)}${particle(cut(it.encoding, 30), '을/를')} 풀 수 없습니다. 다른 주소를 적어 주세요.`,
  'page.truncated': (it) => `${page(it.url)}가 도중에 끊겨서 끝까지 받지 못했습니다. 잠시 뒤에 다시 시도해 주세요.`,
  'page.redirect_loop': (it) =>
    `${page(it.url)}가 계속 다른 주소로만 넘어갑니다. 브라우저에서 열리는 주소를 적어 주세요.`,
  'page.redirect_left': (it) =>
    `${page(it.url)}가 다른 사이트(${address(it.target)})로 넘어갑니다. 그곳을 수집하려면 그 주소를 직접 적어 주세요.`,
  'page.redirect_hosts': (it) =>
    `${page(it.url)}가 다른 호스트(${hostName(it.host)})로 넘어가는데, 한 번에 호스트 ${count(it.max)}까지만 수집합니다. 그곳을 수집하려면 그 주소를 직접 적어 주세요.`,
  'page.not_a_page': (it) =>
    `${page(it.url)}의 내용은 웹 페이지가 아닙니다(${cut(it.contentType, 60) || '알 수 없는 형식'}). 상품 목록 페이지의 주소를 적어 주세요.`,
  'page.blocked': (it) =>
    `${hostName(it.host)}에서 자동 접속을 막았습니다(${it.status}${it.title === '' ? '' : `, ${quote(it.title)}`}). 봇은 차단을 우회하지 않습니다. 시간을 두고 다시 시도하거나 쇼핑몰의 허락을 받아 주세요.`,
  'page.login': (it) =>
    `${page(it.url)}는 로그인해야 볼 수 있습니다${it.title === '' ? '' : `(${quote(it.title)})`}. 로그인 없이 보이는 주소를 적어 주세요.`,
  'page.unreadable': (it) =>
    `${page(it.url)}에서 상품을 읽어 내지 못했습니다(${it.status}${it.title === '' ? '' : `, ${quote(it.title)}`}). 상품 목록의 주소가 맞다면 페이지 구조가 바뀐 것이니 관리자에게 알려 주세요.`,
  'page.too_complex': (it) =>
    `${page(it.url)}의 구조가 지나치게 복잡해서(${{ depth: '태그 깊이', elements: '요소 수', attributes: '속성 수', json: '데이터 크기' }[it.what]}) 읽지 않았습니다. 다른 주소를 적어 주세요.`,
  'page.too_slow': (it) =>
    `${page(it.url)}를 ${time(it.seconds * 1_000)} 안에 다 읽지 못했습니다. 더 작은 목록의 주소를 적어 주세요.`,
  'page.parser_crashed': (it) => `${page(it.url)}를 읽다가 멈췄습니다. 관리자에게 이 주소를 알려 주세요.`,
  // a whole crawl
  'crawl.time_limit': (it) =>
    `${number('ko', it.hours)}시간 안에 끝나지 않아 멈췄습니다. 상품 개수를 줄이거나 검색어를 좁혀서 다시 해 주세요.`,
  'crawl.stalled': (it) =>
    `${number('ko', it.minutes)}분 동안 새 페이지를 받지 못해 멈췄습니다. 잠시 뒤에 다시 시도해 주세요.`,
  'crawl.worker_crashed': (it) =>
    `이 작업을 하던 프로그램이 ${number('ko', it.times)}번 멈춰서 더 하지 않았습니다. 관리자에게 알려 주세요.`,
  'crawl.pages_failing': (it) =>
    `${hostName(it.host)}의 페이지 ${count(it.count)}를 연달아 받지 못해 멈췄습니다. 잠시 뒤에 다시 시도해 주세요.`,
  // storage and start
  'store.busy': () => '지금 저장소가 바빠서 처리하지 못했습니다. 잠시 뒤에 다시 보내 주세요.',
  'store.disk_full': (it) => `디스크에 남은 공간이 없습니다(${it.path}). 공간을 비운 뒤에 다시 시도해 주세요.`,
  'store.corrupt': (it) =>
    `데이터베이스 파일이 손상되었습니다: ${it.path}. 파일은 건드리지 않았습니다. backup으로 만든 사본을 restore로 되돌려 주세요.`,
  'store.absent': (it) => `${it.path}에 데이터베이스가 없습니다. DATA_DIR가 맞는지 확인해 주세요.`,
  'store.newer': (it) =>
    `${it.path} 데이터는 더 새로운 버전(${it.found})의 shopcrawl이 만들었습니다. 그 버전 이상으로 실행해 주세요. 데이터는 건드리지 않았습니다.`,
  'store.unwritable': (it) =>
    `${it.path}에 쓸 수 없습니다(${why(it.cause)}). 폴더의 권한을 확인하거나 DATA_DIR를 다른 곳으로 정해 주세요.`,
  'store.locked': (it) =>
    `다른 프로그램이 ${it.path}${particle(it.path, '을/를')} 잠그고 있습니다. 그 프로그램을 끝낸 뒤에 다시 실행해 주세요.`,
  'store.unreachable': () =>
    `지금 데이터베이스에 연결할 수 없습니다. 잠시 뒤에 다시 시도하고, 계속 그러면 관리자에게 알려 주세요.`,
  'store.denied': (it) =>
    `데이터베이스(${it.server})가 접속이나 권한을 거절했습니다(${why(it.cause)}). DATABASE_URL과 그 사용자의 권한을 확인해 주세요.`,
  'owner.taken': (it) =>
    `${it.path}${particle(it.path, '은/는')} 이미 실행 중인 shopcrawl(${it.holder})이 쓰고 있습니다. 그것을 끝내거나 DATA_DIR를 다른 곳으로 정해 주세요.`,
  'owner.alone': (it) =>
    `${it.server}에서 다른 shopcrawl(${it.holder})이 이미 실행 중입니다. PostgreSQL만 쓸 때는 한 프로세스만 실행됩니다. 그것을 끝내거나, 여러 개를 실행하려면 ${it.setting}${particle(it.setting, '을/를')} 정해 주세요.`,
  'owner.shared': (it) =>
    `${it.server}에서 ${it.setting}${particle(it.setting, '을/를')} 쓰는 shopcrawl이 실행 중인데 이 프로세스에는 그 설정이 없습니다. 같은 ${it.setting}${particle(it.setting, '을/를')} 정하거나, 실행 중인 것을 모두 끝낸 뒤에 다시 시작해 주세요.`,
  'owner.unshared': (it) =>
    `${it.server}에서 ${it.setting} 없이 shopcrawl이 실행 중입니다. 그것을 먼저 끝낸 뒤에 다시 시작해 주세요. 한 데이터베이스의 모든 프로세스에는 같은 ${it.setting}${particle(it.setting, '이/가')} 있어야 합니다.`,
  'move.in_use': (it) =>
    `실행 중인 shopcrawl이 ${it.place}${particle(it.place, '을/를')} 쓰고 있습니다. 먼저 끝낸 뒤에 다시 실행해 주세요.`,
  'move.target_denied': (it) =>
    `데이터베이스(${it.server})가 접속이나 권한을 거절했습니다(${why(it.cause)}). --to에 적은 주소와 그 사용자의 권한을 확인해 주세요.`,
  'move.target_used': (it) =>
    `${it.server}에는 원래 데이터베이스에 없는 데이터가 있습니다. 비어 있는 데이터베이스를 적어 주세요. 아무것도 바꾸지 않았습니다.`,
  'move.differs': (it) =>
    `옮긴 뒤에 ${it.table} 표가 서로 다릅니다(원본 ${count(it.rows)}, 사본 ${count(it.copied)}). 원본은 그대로입니다. 비어 있는 데이터베이스를 적고 다시 실행해 주세요.`,
  'backup.elsewhere': (it) =>
    `데이터가 PostgreSQL(${it.server})에 있습니다. ${it.tool}${particle(it.tool, '을/를')} 써 주세요. 명령은 docs/operations.md에 있습니다.`,
  'backup.exists': (it) => `${it.path} 파일이 이미 있습니다. 다른 이름을 적어 주세요.`,
  'backup.nothing': (it) => `${it.path}에 데이터베이스가 없어 복사할 것이 없습니다. DATA_DIR가 맞는지 확인해 주세요.`,
  'backup.unwritable': (it) => `${it.path}에 사본을 쓸 수 없습니다(${why(it.cause)}). 다른 경로를 적어 주세요.`,
  'restore.invalid': (it) =>
    ({
      absent: `${it.path} 파일이 없습니다. 경로를 확인해 주세요.`,
      no_file: `${it.path}${particle(it.path, '은/는')} 파일이 아닙니다. backup으로 만든 파일을 적어 주세요.`,
      foreign: `${it.path}${particle(it.path, '은/는')} shopcrawl의 백업이 아닙니다. backup으로 만든 파일을 적어 주세요.`,
      damaged: `${it.path} 백업이 손상되어 되돌릴 수 없습니다. 다른 백업을 적어 주세요. 데이터는 건드리지 않았습니다.`,
    })[it.reason],
  'env.unreadable': (it) =>
    `설정 파일 ${it.path}${particle(it.path, '을/를')} 읽을 수 없습니다(${why(it.cause)}). 읽을 수 있는 파일로 바꾸거나 지워 주세요.`,
  'env.invalid': (it) =>
    it.problem === 'binary'
      ? `설정 파일 ${it.path}${particle(it.path, '은/는')} UTF-8 텍스트가 아닙니다. 이름=값 줄로 된 UTF-8 텍스트로 저장하거나 지워 주세요.`
      : `설정 파일 ${it.path}에 이름=값 형태의 줄이 없습니다. 고치거나 지워 주세요.`,
  'config.invalid': (it, setting) =>
    [
      `환경 설정 ${count(it.mistakes.length)}가 잘못되었습니다. 고친 뒤에 다시 실행해 주세요.`,
      ...it.mistakes.map((mistake) => `  ${ko[`config.${mistake.problem}`](mistake, setting)}`),
    ].join('\n'),
  'port.taken': (it) =>
    `${it.host}의 ${it.port}번 포트를 이미 다른 프로그램이 쓰고 있습니다. PORT를 다른 번호로 정해 주세요.`,
  'port.unusable': (it) =>
    `${it.host}의 ${it.port}번 포트를 열 수 없습니다(${why(it.cause)}). HOST와 PORT를 확인해 주세요.`,
  'out.unwritable': (it) => `${it.path}에 결과를 쓸 수 없습니다(${why(it.cause)}). --out에 다른 경로를 적어 주세요.`,
  'folder.unwritable': (it) =>
    `지금 폴더 ${it.path}에 파일을 쓸 수 없습니다(${why(it.cause)}). 쓸 수 있는 폴더에서 다시 실행해 주세요.`,
  'temp.unwritable': (it) =>
    `임시 파일 폴더 ${it.path}에 파일을 만들 수 없습니다(${why(it.cause)}). TMPDIR를 다른 폴더로 정해 주세요.`,
  'file.unreadable': (it) => `${it.path} 파일을 읽을 수 없습니다(${why(it.cause)}). 경로나 주소를 확인해 주세요.`,
  internal: (it) =>
    `봇 안에서 오류가 나서 처리하지 못했습니다. 다시 해도 같으면 관리자에게 오류 번호 ${it.id}${particle(it.id, '을/를')} 알려 주세요.`,
  // settings
  'config.unknown': (it) =>
    `${it.name}: 없는 이름입니다.${it.expected === '' ? '' : ` ${it.expected}${particle(it.expected, '을/를')} 잘못 적은 것 같습니다.`}`,
  'config.url': (it) =>
    `${it.name}: 주소가 아닙니다.${it.expected === '' ? '' : ` ${it.expected} 형태로 적어 주세요.`}`,
  'config.database': (it) => `${it.name}: PostgreSQL 데이터베이스 주소가 아닙니다. ${it.expected} 형태로 적어 주세요.`,
  'config.number': (it) => `${it.name}: 숫자가 맞지 않습니다.${it.expected === '' ? '' : ` 범위: ${it.expected}`}`,
  'config.choice': (it) => `${it.name}: 고를 수 있는 값이 아닙니다. 가능한 값: ${it.expected}`,
  'config.redis': (it) => `${it.name}: Redis 서버 주소가 아닙니다. ${it.expected} 형태로 적어 주세요.`,
  'config.needs': (it) => `${it.name}: ${it.expected} 설정이 함께 있어야 합니다.`,
  'config.list': (it) => `${it.name}: 쉼표로 나눈 목록이 아닙니다.${it.expected === '' ? '' : ` 예: ${it.expected}`}`,
  'config.text': (it) => `${it.name}: 값이 맞지 않습니다.${it.expected === '' ? '' : ` 필요한 값: ${it.expected}`}`,
  'config.address': (it) =>
    `${it.name}: ‘주소:포트’ 형태가 아닙니다.${it.expected === '' ? '' : ` 예: ${it.expected}`}`,
  'config.token': (it) =>
    `${it.name}: 토큰의 형태가 아닙니다.${it.expected === '' ? '' : ` 필요한 형태: ${it.expected}`}`,
  'config.site': (it) =>
    `${it.name}: 그런 쇼핑몰이 없습니다.${it.expected === '' ? '' : ` 가능한 쇼핑몰: ${it.expected}`}`,
  'config.length': (it) => `${it.name}: 길이가 맞지 않습니다(${it.expected}자여야 합니다).`,
  'config.secret': (it) =>
    `${it.name}: 길이가 맞지 않거나 띄어쓰기가 들어 있습니다(띄어쓰기 없이 ${it.expected}자여야 합니다).`,
  'config.host': (it) =>
    `${it.name}: 쉼표로 나눈 호스트 목록이 아닙니다. https://, 포트, * 없이 호스트만 적어 주세요(예: ${it.expected}).`,
  'config.permission': (it) =>
    `${it.name}: 쇼핑몰도 호스트도 아닌 값이 있습니다. 가능한 쇼핑몰: ${it.expected}. 호스트는 https:// 없이 shop.example.com처럼 적어 주세요.`,
  'config.same': (it) => `${it.name}: 다른 설정(${it.expected})과 값이 같습니다. 서로 다른 값으로 정해 주세요.`,
  // states
  'state.queued': () => STATES.queued,
  'state.running': () => STATES.running,
  'state.succeeded': () => STATES.succeeded,
  'state.failed': () => STATES.failed,
  'state.cancelled': () => STATES.cancelled,
  'stop.limit': () => '요청한 개수를 모두 채웠습니다.',
  'stop.page_limit': () => '한 작업에서 읽을 수 있는 페이지 수에 이르러 멈췄습니다.',
  'stop.repeats': () => '같은 상품이 되풀이되어 목록이 끝난 것으로 보았습니다.',
  'stop.end': () => '목록을 끝까지 읽었습니다.',
  'stop.nothing': () => '쇼핑몰에 해당하는 상품이 없습니다.',
  // columns
  'field.site': () => '쇼핑몰',
  'field.id': () => '상품 번호',
  'field.name': () => '상품명',
  'field.brand': () => '브랜드',
  'field.seller': () => '판매자',
  'field.price': () => '판매가',
  'field.originalPrice': () => '할인 전 가격',
  'field.discountRate': () => '할인율(%)',
  'field.currency': () => '통화',
  'field.rating': () => '평점(5점 만점)',
  'field.reviewCount': () => '리뷰 수',
  'field.inStock': () => '재고 있음',
  'field.url': () => '상품 주소',
  'field.imageUrl': () => '이미지 주소',
  'field.category': () => '분류',
  'field.page': () => '목록 안의 페이지',
  'field.position': () => '결과 안의 순서',
  'field.crawledAt': () => '수집 시각(UTC)',
  // a job in chat
  'job.topic': topic,
  'root.title': (it) => `${topic(it)} (최대 ${count(it.limit)}, ${it.format.toUpperCase()})`,
  'root.active': () => '진행 상황과 결과를 여기에 이어서 올립니다.',
  'root.ended': (it) => `${STATES[it.state]} · 상품 ${count(it.products)} · ${time(it.ms)}`,
  'thread.title': (it) => topic(it),
  'progress.products': (it) => `상품 ${number('ko', it.products)} / ${count(it.limit)}`,
  'progress.pages': (it) => `${number('ko', it.pages)}페이지`,
  'progress.speed': (it) => `1분에 ${count(Math.round(it.perMinute))}`,
  'progress.left': (it) => `약 ${time(it.ms)} 남음`,
  'progress.elapsed': (it) => `${time(it.ms)} 걸림`,
  'progress.queued': (it) =>
    it.ms <= 0
      ? '차례를 기다리고 있습니다. 곧 시작합니다.'
      : `차례를 기다리고 있습니다. ${time(it.ms)} 뒤에 시작합니다.`,
  'progress.no_worker': (it) =>
    `실행 중인 작업자가 없어 작업이 기다리고 있습니다. 작업자가 다시 실행되면 자동으로 진행됩니다. ${it.contact === null ? '관리자에게' : `${it.contact}에`} 알려 주세요.`,
  'progress.again': (it) =>
    `${time(it.ms)} 뒤에 다시 시도합니다(${number('ko', it.attempts)}번 가운데 ${number('ko', it.attempt)}번째).`,
  'progress.failed_pages': (it) => `받지 못한 페이지 ${count(it.count)}`,
  'waiting.turn': (it) =>
    `${hostName(it.host)}에 요청할 차례를 기다리는 중${it.ms === null ? '' : `(약 ${time(it.ms)})`}`,
  'waiting.robots': (it) =>
    `${hostName(it.host)}의 robots.txt를 확인하는 중${it.ms === null ? '' : `(${time(it.ms)} 뒤 다시 확인)`}`,
  'waiting.retry-after': (it) =>
    `${hostName(it.host)}의 요청에 따라 ${it.ms === null ? '잠시 쉬는 중' : `${time(it.ms)} 쉬는 중`}`,
  'waiting.disk': () => '디스크에 남은 공간이 적어 기다리는 중',
  'waiting.budget': () => '요청 속도를 세는 저장소가 답하지 않아 기다리는 중',
  'waiting.backoff': (it) =>
    `${hostName(it.host)}의 페이지를 받지 못해 ${it.ms === null ? '잠시' : time(it.ms)} 뒤에 다시 시도`,
  'warning.coverage': (it) => `‘${it.field}’ 값이 있는 상품이 ${percent('ko', it.percent / 100)}뿐입니다.`,
  'warning.coverage_fell': (it) =>
    `상품 ${count(it.count)}에 ‘${it.field}’ 값이 없습니다. 전에는 거의 모두 있던 값이라, 쇼핑몰이 페이지를 바꿨을 수 있습니다.`,
  'warning.route_fallback': (it) =>
    `${number('ko', it.count)}페이지를 평소와 다른 방법으로 읽어서 비어 있는 값이 있을 수 있습니다. 쇼핑몰이 페이지를 바꿨을 수 있습니다.`,
  'warning.page_truncated': (it) => `${it.count}페이지가 매번 중간에 끊겨서, 받은 데까지만 담았습니다.`,
  'warning.price_conditional': (it) =>
    `상품 ${count(it.count)}의 가격에는 조건(카드, 약정, 요금제 등)이 붙어 있습니다.`,
  'warning.lists_failed': (it) => `목록 ${number('ko', it.count)}페이지를 읽지 못해 빠진 상품이 있을 수 있습니다.`,
  'warning.details_failed': (it) => `상세 ${number('ko', it.count)}페이지를 읽지 못해 비어 있는 값이 있을 수 있습니다.`,
  'warning.sitemaps_failed': (it) => `사이트맵 ${count(it.count)}를 읽지 못해 빠진 상품이 있을 수 있습니다.`,
  'warning.hosts': (it) =>
    `쇼핑몰이 여러 호스트로 나뉘어 있어 링크 ${count(it.count)}를 따라가지 않았습니다. 빠진 상품이 있을 수 있으니, 그곳을 수집하려면 그 주소를 직접 적어 주세요.`,
  'warning.garbled': (it) => `글자가 깨진 상품이 ${count(it.count)} 있습니다.`,
  'warning.other': (it) => `확인이 필요한 상품이 ${count(it.count)} 있습니다(${cut(it.code, 40)}).`,
  'last.succeeded': (it) => `${topic(it)}: 상품 ${count(it.products)}를 모았습니다.`,
  'last.nothing': (it) => `${topic(it)}: 쇼핑몰에 해당하는 상품이 없습니다. 다른 검색어로 다시 해 주세요.`,
  'last.nothing_matched': (it) =>
    `${topic(it)}: 목록 ${number('ko', it.pages)}쪽을 읽었지만 맞는 상품이 없었습니다. 더 짧은 검색어로 다시 해 보세요.`,
  'last.failed': (it) => `${topic(it)}: 수집에 실패했습니다.`,
  'last.failed_partial': (it) =>
    `${topic(it)}: 수집이 도중에 실패했습니다. 그때까지 모은 상품 ${count(it.products)}를 드립니다.`,
  'last.cancelled': (it) =>
    it.products === 0
      ? `${topic(it)}: 취소했습니다.`
      : `${topic(it)}: 취소했습니다. 그때까지 모은 상품 ${count(it.products)}를 드립니다.`,
  'last.counts': (it) =>
    `상품 ${count(it.products)} · ${number('ko', it.pages)}페이지${it.failedPages > 0 ? ` · 받지 못한 페이지 ${count(it.failedPages)}` : ''} · ${time(it.ms)}`,
  'last.prices': (it) =>
    it.lowest === it.highest
      ? `가격 ${money('ko', it.lowest, it.currency)}`
      : `가격 ${money('ko', it.lowest, it.currency)} ~ ${money('ko', it.highest, it.currency)}`,
  'last.first': () => '상품 미리보기',
  'last.product': (it) =>
    `${number('ko', it.position)}. ${cut(it.name, 80)}${it.price === null ? '' : ` · ${money('ko', it.price, it.currency)}`}${it.discountRate ? ` (${percent('ko', it.discountRate / 100)} 할인)` : ''}`,
  'last.untitled': () => '이름 없는 상품',
  'last.of_total': (it) => `쇼핑몰이 알려 준 전체 ${count(it.total)} 가운데 ${count(it.products)}입니다.`,
  'last.partial_file': () => '결과가 온전하지 않습니다. 그때까지 모은 상품만 들어 있습니다.',
  'last.moved': () => '원래 스레드에 글을 쓸 수 없어 결과를 여기로 보냅니다.',
  'file.title': (it) => `${it.name} · 상품 ${count(it.rows)} · ${size(it.size)}`,
  'file.partial_title': (it) => `${it.name} · 도중까지 모은 상품 ${count(it.rows)} · ${size(it.size)}`,
  'file.refused': (it) =>
    `${it.name} 파일(${size(it.size)})을 여기에 올릴 수 없었습니다. 아래 버튼을 누르면 받는 방법을 알려 드립니다.`,
  'file.disk_full': () =>
    '디스크가 가득 차 파일을 만들지 못했습니다. 모은 상품은 그대로 있으니 잠시 뒤 아래 버튼을 눌러 주세요.',
  'file.later': () => '지금은 파일을 보내 드릴 수 없습니다. 몇 분 뒤에 링크를 다시 열어 주세요.',
  'file.needs_public_url': (it) =>
    `${it.name} 파일은 너무 커서 여기에 올릴 수 없습니다. 서버에는 저장되어 있습니다. 관리자가 ${it.setting}${particle(it.setting, '을/를')} 설정하면 주소로 받을 수 있습니다.`,
  'file.partial_word': () => '일부',
  'sheet.products': () => '상품',
  'sheet.summary': () => '요약',
  'sheet.shop': () => '쇼핑몰',
  'sheet.words': () => '검색어',
  'sheet.address': () => '주소',
  'sheet.limit': () => '최대 개수',
  'sheet.state': () => '상태',
  'sheet.stop': () => '종료 사유',
  'sheet.started': () => '시작',
  'sheet.finished': () => '끝',
  'sheet.duration': () => '걸린 시간',
  'sheet.pages': () => '읽은 페이지',
  'sheet.failed_pages': () => '받지 못한 페이지',
  'sheet.lowest_price': (it) => `가장 낮은 가격${it.currency === null ? '' : ` (${it.currency})`}`,
  'sheet.highest_price': (it) => `가장 높은 가격${it.currency === null ? '' : ` (${it.currency})`}`,
  'sheet.coverage': () => '값이 있는 상품의 비율',
  'sheet.routes': () => '읽은 방법',
  'sheet.warnings': () => '주의할 점',
  'sheet.columns': () => '열 설명',
  'sheet.asked': () => '요청 시각',
  'sheet.job': () => '작업 번호',
  'sheet.front_list': () => '(검색어 없이 대표 목록)',
  'sheet.result': () => '결과',
  'sheet.whole': () => '전체',
  'sheet.part': () => '일부만 담겨 있습니다.',
  'sheet.left_out': () => '파일 크기 한도를 넘어 빠진 상품',
  // buttons
  'button.cancel': () => '취소',
  'button.retry': () => '다시 시도',
  'button.again': () => '다시 실행',
  'button.status': () => '상태 보기',
  'button.history': () => '지난 작업',
  'button.help': () => '도움말',
  'button.sites': () => '쇼핑몰 목록',
  'button.link': () => '연결하기',
  'button.unlink': () => '연결 해제',
  'button.forget': () => '모두 지우기',
  'button.download': () => '내려받기',
  'button.format': (it) => `${it.format.toUpperCase()}${it.format === 'json' ? '으로' : '로'} 받기`,
  'button.other_shop': (it) => `${it.site}에서 찾기`,
  'button.example': (it) => cut(it.line, 40),
  // answers
  'reply.accepted': (it) =>
    `수집을 시작합니다: ${topic(it)}, 최대 ${count(it.limit)}, ${it.format.toUpperCase()} 파일.`,
  'reply.accepted_private': () => '진행 상황과 결과는 본인만 볼 수 있는 곳에 올립니다.',
  'reply.where': () => '진행 상황과 결과 파일은 스레드에 올립니다.',
  'reply.meant': (it) =>
    `${quote(it.word)}${particle(it.word, '을/를')} ${it.site}${particle(it.site, '으로/로')} 이해했습니다. ${it.other}${particle(it.other, '을/를')} 찾으셨다면 아래 버튼을 눌러 주세요.`,
  'reply.switched': (it) => `앞의 작업을 취소하고 새로 시작합니다: ${topic(it)}.`,
  'reply.retried': (it) => `같은 스레드에서 다시 시도합니다: ${topic(it)}.`,
  'reply.again': (it) => `같은 요청을 새로 시작합니다: ${topic(it)}.`,
  'reply.cancelled': (it) =>
    it.products === 0
      ? `취소했습니다: ${topic(it)}.`
      : `취소했습니다: ${topic(it)}. 그때까지 모은 상품 ${count(it.products)}는 파일로 드립니다.`,
  'reply.idle': () => '지금 진행 중인 크롤링이 없습니다. ‘samsung 갤럭시’처럼 보내면 시작합니다.',
  'reply.newest': (it) => `마지막 작업: ${topic(it)} · ${STATES[it.state]} · 상품 ${count(it.products)} · ${it.ago}`,
  'reply.history': (it) => `최근 작업 ${count(it.count)}입니다.`,
  'reply.history_empty': () => '아직 작업이 없습니다. ‘samsung 갤럭시’처럼 보내면 시작합니다.',
  'reply.history_row': (it) => `${topic(it)} · ${STATES[it.state]} · 상품 ${count(it.products)}`,
  'reply.result': (it) => `결과 파일입니다: ${it.name} · 상품 ${count(it.rows)} · ${size(it.size)}`,
  'reply.locale': () => '앞으로 한국어로 답합니다.',
  'reply.locale_auto': () => '앞으로 채팅 앱의 언어 설정을 따릅니다.',
  'reply.sites': (it) => `쓸 수 있는 쇼핑몰은 ${count(it.count)}입니다.`,
  'reply.site': (it) =>
    `${it.label}: ${it.search === 'shop' ? '쇼핑몰의 검색을 씁니다' : '목록에서 이름·브랜드·분류로 거릅니다'}`,
  'reply.site_aliases': (it) => `다른 이름: ${it.aliases}`,
  'reply.site_web': () => '그 밖의 쇼핑몰은 상품 목록의 주소를 그대로 보내 주세요.',
  'reply.site_robots': (it) =>
    `robots.txt가 금지하는 쇼핑몰입니다. 허락을 받았다면 관리자가 ${it.setting}에 적어야 합니다.`,
  'link.how': (it) =>
    `다른 메신저에서 ${time(it.minutes * 60_000)} 안에 위의 글을 봇에게 보내 주세요. 두 계정이 한 사람이 되어 작업과 파일을 함께 쓰고, 크롤링은 둘을 합쳐 한 번에 하나씩 합니다.`,
  'link.keep': () =>
    '코드를 다른 사람에게 알려 주지 마세요. 코드를 가진 사람은 작업과 파일을 함께 보자고 할 수 있습니다.',
  'link.accounts': (it) => `연결된 계정: ${it.accounts}`,
  'link.ask': (it) =>
    `${quote(it.own)} 계정과 ${quote(it.other)} 계정을 연결할까요? 작업과 파일을 두 곳에서 함께 쓰고, 크롤링은 둘을 합쳐 한 번에 하나씩 합니다.`,
  'link.ask_trust': () => '두 계정이 모두 본인 것일 때만 확인해 주세요. 글로 확인하려면 이렇게 보내면 됩니다.',
  'link.done': (it) => `연결했습니다: ${it.accounts}. unlink로 언제든지 연결을 해제할 수 있습니다.`,
  'link.split': (it) =>
    `${quote(it.own)} 계정의 연결을 해제했습니다. 이 계정으로 시작한 작업과 파일은 그대로 있습니다. 연결되어 있던 계정: ${it.others}`,
  'notice.linked': (it) =>
    `요청하신 코드로 ${quote(it.other)} 계정이 ${quote(it.own)} 계정과 연결되었습니다. 이제 작업과 파일을 두 곳에서 함께 씁니다. 본인이 한 일이 아니라면 아래 버튼을 누르거나 unlink를 보내 주세요.`,
  'forget.ask': (it) =>
    `저장된 본인의 데이터(${it.accounts})를 모두 지울까요? 작업 ${count(it.jobs)}의 검색어, 상품, 결과 파일(${size(it.size)})과 명령 기록, 설정이 모두 지워집니다. 되돌릴 수 없습니다.`,
  'forget.ask_active': (it) => `진행 중인 크롤링도 결과 없이 끝납니다: ${topic(it)}.`,
  'forget.stays': () =>
    '채팅에 쓴 글과 올라온 파일은 그대로 남으니 채팅에서 지워 주세요. 전체 통계와 관리자가 한 일의 기록은 이름 없이 남습니다.',
  'forget.ask_words': () => '글로 확인하려면 이렇게 보내면 됩니다.',
  'forget.done': (it) => `저장된 데이터를 모두 지웠습니다(${it.accounts}). 다음에 보내는 명령은 새로 시작합니다.`,
  'forget.begun': () =>
    '이제 아무도 데이터를 볼 수 없습니다. 한 번에 다 지우지 못한 부분은 하루 안에 저절로 지워집니다.',
  'forget.told': (it) => `연결되어 있던 다른 계정 ${count(it.count)}에도 알려 드립니다.`,
  'forget.thread': () => '요청한 사람이 자신의 데이터를 모두 지웠습니다. 이 크롤링은 끝났습니다.',
  'forget.job_done': (it) => `검색어, 상품, 결과 파일을 지웠습니다: ${topic(it)}.`,
  'notice.forgotten': (it) =>
    `연결된 ${platformName(it.platform)} 계정에서 요청하여 저장된 데이터를 모두 지웠습니다. 다음에 보내는 명령은 새로 시작합니다.`,
  'reply.usage': (it) =>
    `최근 24시간: 크롤링 ${of(it.crawls)}번, 페이지 ${of(it.reads)}개, 쇼핑몰 ${of(it.hosts)}개. 결과 파일: ${size(it.kept.used)} / ${size(it.kept.limit)}`,
  'reply.open': () => '진행 중인 스레드 열기',
  // numbers for administrators
  'stats.users': (it) =>
    `사용자 ${number('ko', it.users)}명, 최근 24시간 동안 쓴 사람 ${number('ko', it.activeUsers)}명`,
  'stats.jobs': (it) =>
    `작업: 수집 중 ${jobs(it.runningJobs)}, 대기 ${jobs(it.queuedJobs)}, 완료 ${jobs(it.completedJobs)}, 실패 ${jobs(it.failedJobs)}, 취소 ${jobs(it.cancelledJobs)}`,
  'stats.workers': (it) =>
    it.workers === 0
      ? '실행 중인 작업자가 없습니다. 작업자를 실행할 때까지 작업이 기다립니다.'
      : `실행 중인 작업자: ${count(it.workers)}`,
  'stats.by_site': () => '쇼핑몰별',
  'stats.site': (it) => `${it.site}: 수집 중 ${jobs(it.running)}, 대기 ${jobs(it.queued)}, ${endings(it)}`,
  'stats.by_day': () => '최근 7일',
  'stats.day': (it) => `${it.day}: ${endings(it)}`,
  // help
  'help.title': () => '쇼핑몰의 상품 목록을 모아 파일로 드립니다.',
  'help.examples': () => '이렇게 보내 보세요',
  'help.commands': () => '명령',
  'help.options': () => '옵션',
  'help.crawl': () => '상품을 모아 파일로 드립니다. 검색어가 없으면 그 쇼핑몰의 대표 목록을 모읍니다.',
  'help.help': () => '이 도움말을 봅니다.',
  'help.sites': () => '쓸 수 있는 쇼핑몰을 봅니다.',
  'help.status': () => '진행 중인 작업을 봅니다.',
  'help.cancel': () => '진행 중인 작업을 취소합니다. 모은 상품은 파일로 드립니다.',
  'help.retry': () => '실패한 작업을 같은 스레드에서 다시 시도합니다.',
  'help.again': () => '지난 작업과 같은 요청을 새로 시작합니다.',
  'help.history': () => '지난 작업을 봅니다.',
  'help.result': () => '끝난 작업의 파일을 다시 받습니다.',
  'help.press': () => '마지막 답의 버튼을 번호로 누릅니다.',
  'help.lang': () => '답하는 언어를 바꿉니다.',
  'help.stats': () => '사용자와 작업의 수를 봅니다. 관리자만 쓸 수 있습니다.',
  'help.link': () => '두 메신저의 계정을 한 사람으로 연결합니다.',
  'help.unlink': () => '이 계정의 연결을 해제합니다. 이 계정의 작업과 파일은 그대로 있습니다.',
  'help.forget': () => '저장된 본인의 데이터를 모두 지웁니다. 작업 번호를 적으면 그 결과만 지웁니다.',
  'help.code': () => '다른 메신저에서 link로 받은 코드',
  'help.confirm': () => '두 계정이 모두 본인 것임을 확인합니다',
  'help.confirm_forget': () => '모두 지우겠다고 확인합니다',
  'help.switch': () => '진행 중인 작업을 취소하고 다른 쇼핑몰에서 시작합니다.',
  'help.private': () => '진행 상황과 결과를 본인만 보게 합니다.',
  'help.site': () => '쇼핑몰',
  'help.words': () => '검색어',
  'help.url': () => '상품 목록의 주소',
  'help.id': () => '작업 번호(history에서 볼 수 있습니다)',
  'help.number': () => '버튼 번호',
  'help.locale': () => '언어: ko, en, auto(채팅 앱을 따름)',
  'help.limit': (it) => `모을 상품 개수(기본 ${count(it.standard)}, 최대 ${count(it.max)})`,
  'help.format': (it) => `파일 형식: ${it.formats}(기본 xlsx)`,
  'help.rule': () => '크롤링은 한 사람이 한 번에 하나씩 할 수 있습니다.',
  'placeholder.site': () => '쇼핑몰',
  'placeholder.words': () => '검색어',
  'placeholder.url': () => '주소',
  'placeholder.id': () => '작업번호',
  'placeholder.number': () => '번호',
  'placeholder.count': () => '개수',
  'placeholder.locale': () => '언어',
  'placeholder.code': () => '코드',
  'placeholder.confirm': () => '확인',
  'placeholder.user': () => '사용자|계정',
  'placeholder.format': () => '형식',
  'placeholder.file': () => '파일',
  'placeholder.folder': () => '폴더',
  // terminal
  'console.welcome': (it) =>
    `${it.name} 님, 안녕하세요. 명령을 적고 Enter를 누르세요. help는 도움말, exit이나 Ctrl-D는 끝내기입니다.`,
  'console.as': (it) => `이제 ${it.name} 님으로 대화합니다.`,
  'console.as_missing': () => '/as 뒤에 이름을 적어 주세요. 예: /as 민지',
  'console.saved': (it) => `파일을 저장했습니다: ${it.path}`,
  'console.button_hint': () => 'press 번호로 버튼을 누를 수 있습니다.',
  'console.bye': () => '안녕히 가세요.',
  'cli.description': () => '쇼핑몰 상품 목록을 모아 파일로 만드는 봇',
  'cli.start': () => '서비스를 시작합니다',
  'cli.crawl': () => '한 번 수집해서 파일로 저장합니다',
  'cli.console': () => '터미널에서 봇과 대화합니다',
  'cli.demo': () => '딸려 있는 쇼핑몰로 처음부터 끝까지 보여 줍니다',
  'cli.check': () => '설정과 연결을 점검합니다',
  'cli.try': () => '한 페이지를 어떻게 읽는지 보여 줍니다',
  'cli.backup': () => '실행 중인 데이터베이스의 사본을 만듭니다',
  'cli.migrate': () => 'SQLite의 데이터를 모두 PostgreSQL로 옮깁니다',
  'cli.export_user': () => '한 사람에 대해 저장된 것을 모두 파일 하나로 씁니다',
  'cli.delete_user': () => '한 사람에 대해 저장된 것을 모두 지웁니다',
  'cli.option_export': () => '쓸 파일(JSON). 아직 없는 이름이어야 합니다',
  'cli.option_yes': () => '묻지 않고 지웁니다',
  'cli.exported': (it) => `이 사람에 대해 저장된 것을 모두 썼습니다: 작업 ${count(it.jobs)}, ${size(it.size)}`,
  'cli.ask_delete': (it) =>
    `${it.accounts}에 대해 저장된 것을 모두 지울까요? 작업 ${count(it.jobs)}, 결과 파일 ${size(it.size)}. 되돌릴 수 없습니다. 지우려면 ${it.yes}${particle(it.yes, '을/를')} 적어 주세요:`,
  'cli.deleted': (it) => `저장된 것을 모두 지웠습니다: ${it.accounts}.`,
  'cli.deleted_begun': () =>
    '이제 아무도 데이터를 볼 수 없지만, 다 지우지는 못했습니다. 서비스가 시작할 때와 하루에 한 번 나머지를 지웁니다. 지우지 못한 이유는 로그에 있습니다.',
  'cli.not_deleted': () => '지우지 않았습니다.',
  'cli.moved': (it) =>
    `옮기고 대조했습니다: ${count(it.rows)} 행, 작업 ${count(it.jobs)}. 이제 DATABASE_URL을 새 주소로 정해 주세요.`,
  'cli.restore': () => '사본으로 데이터베이스를 되돌립니다',
  'cli.option_from': () => '데이터가 있는 곳. DATA_DIR에 적었던 폴더나 그 안의 SQLite 파일',
  'cli.option_to': () => '데이터를 옮겨 갈 PostgreSQL. 앞으로 DATABASE_URL에 적을 주소',
  'cli.option_out': () => '결과를 쓸 파일. 확장자가 형식을 정합니다',
  'cli.sites': () => '쓸 수 있는 쇼핑몰을 보여 줍니다',
  'cli.site_unknown': (it) =>
    `${quote(it.word)}${particle(it.word, '이라는/라는')} 쇼핑몰은 모릅니다. ${guess(it.suggestion, '쓸 수 있는 쇼핑몰은 npx shopcrawl sites로 볼 수 있습니다.')}`,
  'cli.site_absent': (it) =>
    `이 버전에는 ${it.site} 쇼핑몰이 없습니다. 쓸 수 있는 쇼핑몰은 npx shopcrawl sites로 볼 수 있습니다.`,
  'cli.unknown_command': (it) =>
    `${quote(it.word)}${particle(it.word, '이라는/라는')} 명령은 없습니다. ${guess(it.suggestion, 'shopcrawl --help로 명령을 볼 수 있습니다.')}`,
  'cli.unknown_option': (it) =>
    `${quote(it.option)} 옵션은 없습니다. ${guess(it.suggestion, '--help로 쓸 수 있는 옵션을 볼 수 있습니다.')}`,
  'cli.argument_missing': (it) =>
    `${quote(it.name)} 자리에 값이 없습니다. 값을 적어 주세요. 쓰는 법은 --help로 볼 수 있습니다.`,
  'cli.option_missing': (it) =>
    `${quote(it.option)} 옵션이 빠졌습니다. 함께 적어 주세요. 쓰는 법은 --help로 볼 수 있습니다.`,
  'cli.argument_unexpected': () => '값이 너무 많습니다. 쓰는 법은 --help로 볼 수 있습니다.',
  'cli.see_help': () => '명령을 잘못 적었습니다. 쓰는 법은 --help로 볼 수 있습니다.',
  'usage.title': () => '사용법:',
  'usage.arguments': () => '인자:',
  'usage.options': () => '옵션:',
  'usage.commands': () => '명령:',
  'usage.option': () => '옵션',
  'usage.command': () => '명령',
  'usage.help': () => '이 도움말을 보여 줍니다',
  'usage.help_command': () => '명령의 도움말을 보여 줍니다',
  'usage.version': () => '버전을 보여 줍니다',
  'cli.continued': (it) => `앞서 멈춘 작업을 이어서 합니다: ${topic(it)}`,
  'cli.dropped': (it) => `앞서 멈춘 다른 작업은 취소했습니다: ${topic(it)}`,
  'cli.left': () => '끝내라는 신호를 받아 멈췄습니다. 같은 명령을 다시 실행하면 여기서부터 이어서 합니다.',
  'cli.left_running': () => '끝내라는 신호를 받아 지켜보기를 멈췄습니다. 작업은 실행 중인 shopcrawl이 이어서 합니다.',
  'cli.submitted': (it) => `실행 중인 shopcrawl(${it.holder})에 작업을 맡겼습니다.`,
  'cli.started': (it) => `shopcrawl이 시작되었습니다. ${it.address}${it.platforms === '' ? '' : ` · ${it.platforms}`}`,
  'cli.admin_closed': (it) =>
    `관리 화면이 닫혀 있어 /admin 아래는 모두 401로 답합니다. 열려면 ADMIN_TOKEN을 설정하고 다시 시작해 주세요. 예: ADMIN_TOKEN=${it.proposal}`,
  'cli.token_short': (it) =>
    `${it.name} 값이 ${it.length}자보다 짧아 알아맞힐 수 있습니다. 더 긴 값으로 바꿔 주세요. 예: ${it.proposal}`,
  'cli.admin_open': (it) => `관리 화면 주소는 ${it.address}/admin입니다.`,
  'cli.worker_started': (it) =>
    `shopcrawl 작업자가 시작되었습니다. 크롤링만 맡습니다.${it.address ? ` 상태 확인 주소: ${it.address}` : ''} 끝내려면 Ctrl-C를 누르세요.`,
  'cli.no_platforms': () =>
    '연결된 채팅이 없습니다. SLACK_BOT_TOKEN이나 DISCORD_TOKEN을 설정하거나, shopcrawl console로 써 보세요.',
  'cli.stopped': () => '끝났습니다. 다음에 시작하면 멈춘 곳부터 이어서 합니다.',
  'cli.waiting_owner': (it) => `한 번 수집 중인 shopcrawl이 끝나기를 최대 ${time(it.seconds * 1_000)} 기다립니다.`,
  'cli.waiting_service': (it) =>
    `이 데이터베이스에서 다른 shopcrawl이 실행 중입니다. 끝나기를 최대 ${time(it.seconds * 1_000)} 기다립니다.`,
  'cli.waiting_queue': () =>
    'Redis(REDIS_URL)에 연결할 수 없습니다. 작업은 남아 있고 연결되면 이어집니다. Ctrl-C를 누르면 작업을 취소합니다.',
  'cli.queue_away': () => 'Redis(REDIS_URL)에 연결할 수 없습니다. 새 작업은 남아 있고 연결되면 시작합니다.',
  'cli.store_unreachable': (it) =>
    `데이터베이스에 연결할 수 없습니다(${it.server}). 주소와 서버가 켜져 있는지 확인한 뒤에 다시 해 주세요.`,
  'cli.output_lost': (it) => `출력을 쓸 수 없습니다(${why(it.cause)}). 다른 곳으로 보내서 다시 실행해 주세요.`,
  'cli.waiting_database': (it) => `데이터베이스(${it.server})에 연결할 수 없습니다. 연결될 때까지 기다립니다.`,
  'cli.backed_up': (it) => `사본을 만들었습니다: ${it.path}(${size(it.size)})`,
  'cli.restored': (it) =>
    `사본으로 되돌렸습니다: ${it.path}${it.former === null ? '' : `. 전에 있던 데이터베이스는 ${it.former}에 두었습니다.`}`,
  'cli.config_warning': (it) =>
    `${it.name}: 모르는 환경 이름이라 쓰지 않습니다. ${it.suggestion === null ? '' : guess(it.suggestion, '')}`.trim(),
  'cli.fault': (it) => `프로그램 오류로 멈췄습니다. 기록에서 ${it.id}${particle(it.id, '을/를')} 찾아 주세요.`,
  'demo.intro': () => '딸려 있는 쇼핑몰을 이 컴퓨터에서 열고, 명령 하나를 처음부터 끝까지 보여 드립니다.',
  'demo.shop': (it) => `연습용 쇼핑몰: ${it.address}`,
  'demo.result': (it) => `결과 파일: ${it.path} (상품 ${count(it.rows)}). 첫 줄들은 이렇습니다.`,
  'demo.next': () => '직접 대화해 보려면 npm run console, 서비스로 띄우려면 npm start를 실행하세요.',
  'try.option_site': () => '어느 쇼핑몰의 방식으로 읽을지. 없으면 주소로 정합니다',
  'try.option_url': () => '파일에 담긴 페이지의 주소',
  'try.page': (it) => `페이지: ${it.url}`,
  'try.assumed': (it) => `페이지: ${it.url} (파일에 주소가 없어 이렇게 봅니다. --url로 알려 주세요)`,
  'try.instead': (it) => `크롤링은 이 주소 대신 이것을 먼저 요청합니다: ${it.method} ${it.url}`,
  'try.site': (it) => `쇼핑몰: ${it.name} (${it.label})`,
  'try.answer': (it) =>
    `응답: ${[it.status === null ? '파일' : `상태 ${it.status}`, it.contentType || '종류 표시 없음', it.charset, size(it.size)].join(' · ')}`,
  'try.title': (it) => `제목: ${it.title || '(없음)'}`,
  'try.unfit_missing': (it) => `맞지 않음: 페이지에 없는 것: ${it.markers}`,
  'try.unfit_shape': () => '맞지 않음: 찾던 것은 있지만 모양이 다릅니다',
  'try.unfit_text': () => '맞지 않음: 찾던 글이 페이지에 없습니다',
  'try.unfit_request': () => '맞지 않음: 다른 방식의 요청에 대한 응답을 위한 방법입니다',
  'try.unfit_address': () => '맞지 않음: 이런 주소의 페이지를 위한 방법이 아닙니다',
  'try.unfit_kind': (it) =>
    `맞지 않음: ${{ list: '목록', detail: '상품', sitemap: '사이트맵' }[it.kind]} 페이지를 위한 방법이 아닙니다`,
  'try.unfit_unknown': () => '맞지 않음',
  'try.too_complex': (it) =>
    `읽지 못함: 너무 복잡합니다(${{ depth: '중첩 깊이', elements: '요소 수', attributes: '속성', json: 'JSON 깊이' }[it.what]})`,
  'try.failed': (it) => `읽지 못함: 프로그램 오류입니다(${it.cause})`,
  'try.read': (it) =>
    `상품 ${count(it.products)}, 다음에 볼 페이지 ${count(it.requests)}${it.total === null ? '' : `, 쇼핑몰이 말하는 전체 ${count(it.total)}`}`,
  'try.coverage': (it) => `채워진 항목: ${it.shares}`,
  'try.first': (it) => `첫 상품: ${it.line}`,
  'try.slow_same': () => '빠른 방법과 느린 방법의 결과가 같습니다',
  'try.slow_absent': () => '비교할 느린 방법이 없습니다',
  'try.slow_beyond': () => '느린 방법에는 너무 복잡해서 비교하지 못했습니다',
  'try.slow_differs': (it) =>
    `빠른 방법과 느린 방법의 결과가 다릅니다: 상품 ${count(it.fast)}, 느린 방법은 ${count(it.slow)}`,
  'try.slow_at': (it) => `처음 다른 곳: ${it.id}의 ${it.field}, ${quote(it.byFast)}, 느린 방법은 ${quote(it.bySlow)}`,
  'try.verdict_products': (it) =>
    `판정: ${it.route} 방법으로 상품 ${count(it.products)}를 읽습니다. 다음에 볼 페이지 ${count(it.requests)}`,
  'try.verdict_links': (it) =>
    `판정: ${it.route} 방법으로 읽습니다. 상품은 없고, 다음에 볼 페이지가 ${count(it.requests)} 있습니다`,
  'try.verdict_empty': () => '판정: 쇼핑몰에 상품이 없다는 페이지입니다',
  'try.fell': (it) => `${it.expected} 방법이 읽었어야 할 페이지입니다. 쇼핑몰이 페이지를 바꾸었을 수 있습니다`,
  ...checkKo,
}

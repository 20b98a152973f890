import { causeIn } from './cause.ts'
import type { CheckCatalogue } from './check.ts'
import { bytes, number } from './format.ts'

const why = (cause: string): string => causeIn('ko', cause)
const n = (value: number): string => number('ko', value)
const delay = (seconds: number): string => (seconds > 0 ? ` 요청 사이에 ${n(seconds)}초를 둡니다.` : '')
const PARTS = { front: '대표 목록', search: '검색', both: '목록' }

/** What `shopcrawl check` tells in Korean. */
export const checkKo: CheckCatalogue = {
  'check.failed': (it) => `점검 하나를 마치지 못했습니다(${why(it.cause)}). LOG_LEVEL=debug로 다시 실행해 주세요.`,
  'check.summary': (it) =>
    it.failures + it.warnings === 0
      ? '모두 정상입니다.'
      : `고쳐야 할 것 ${n(it.failures)}개, 주의할 것 ${n(it.warnings)}개가 있습니다.`,
  'check.no_platforms': () =>
    '설정된 채팅 서비스가 없습니다. SLACK_BOT_TOKEN이나 DISCORD_TOKEN을 설정해 주세요. 그 전에는 명령줄만 쓸 수 있습니다.',
  'check.folder_ok': (it) => `DATA_DIR ${it.path}에 쓸 수 있습니다. 남은 공간: ${bytes('ko', it.size)}`,
  'check.folder_new': (it) => `DATA_DIR ${it.path}는 아직 없습니다. 처음 시작할 때 만듭니다.`,
  'check.folder_unwritable': (it) =>
    `DATA_DIR ${it.path}에 쓸 수 없습니다(${why(it.cause)}). 서비스를 실행하는 사용자에게 폴더의 권한을 주거나 DATA_DIR에 다른 폴더를 적어 주세요.`,
  'check.folder_open': (it) =>
    `이 컴퓨터의 다른 사용자가 DATA_DIR ${it.path}를 읽을 수 있습니다. 다음을 실행해 주세요: chmod -R go-rwx ${it.path}`,
  'check.folder_full': (it) =>
    `DATA_DIR ${it.path}의 디스크가 거의 찼습니다(남은 공간: ${bytes('ko', it.size)}). 새 작업을 받지 않으니 공간을 비워 주세요.`,
  'check.folder_network': (it) =>
    `DATA_DIR ${it.path}가 네트워크 파일 시스템에 있습니다. SQLite의 데이터가 깨질 수 있으니 로컬 디스크의 폴더를 적어 주세요.`,
  'check.server_ok': (it) => `${it.name}: ${it.server}에서 ${n(it.ms)}ms 만에 응답합니다(${it.version}).`,
  'check.server_slow': (it) =>
    `${it.name}: ${it.server}에서 응답하는 데 ${n(it.ms)}ms 걸립니다(${it.version}). 페이지마다 기다리게 되니 서비스를 그 서버 가까이에서 실행해 주세요.`,
  'check.server_old': (it) =>
    `${it.name}: ${it.server}의 버전(${it.version})이 너무 오래되었습니다. ${it.name === 'REDIS_URL' ? 'Redis 7' : 'PostgreSQL 15'} 이상이 필요합니다.`,
  'check.not_unicode': (it) =>
    `${it.name}: 데이터베이스(${it.server})의 인코딩이 UTF8이 아니어서 한글을 저장할 수 없습니다. ENCODING 'UTF8'로 새로 만들어 주세요.`,
  'check.server_silent': (it) =>
    `${it.name}: ${it.server}에 연결할 수 없습니다(${why(it.cause)}). 주소와 비밀번호, 방화벽, 서버가 실행 중인지 확인해 주세요.`,
  'check.no_answer': (it) => `${n(it.seconds)}초 안에 응답 없음`,
  'check.server_plain': (it) =>
    it.name === 'REDIS_URL'
      ? `${it.name}: 서버(${it.server})로 가는 내용이 암호화되지 않습니다. rediss://를 쓰거나 내부 전용 네트워크에서 연결해 주세요.`
      : `${it.name}: 서버(${it.server})로 가는 내용이 암호화되지 않고, 그 안에 사람들의 이름과 검색어가 있습니다. ?sslmode=verify-full을 붙여 주세요.`,
  'check.server_unverified': (it) =>
    `${it.name}: ${it.server}의 인증서를 확인하지 않아 다른 서버가 대신할 수 있습니다. sslmode=verify-full을 써 주세요.`,
  'check.server_open': (it) =>
    `${it.name}: 서버(${it.server})가 비밀번호 없이 이 프로그램을 받아 줍니다. 다른 사람도 들어올 수 있으니 사용자에게 비밀번호를 주고 ${it.name}에 적어 주세요.`,
  'check.schema_ok': (it) => `데이터(${it.place})가 이 버전의 형식입니다.`,
  'check.schema_new': (it) => `데이터베이스(${it.place})가 비어 있습니다. 처음 시작할 때 테이블을 만듭니다.`,
  'check.schema_behind': (it) =>
    `데이터(${it.place})가 이전 버전의 형식입니다. 다음에 시작할 때 마이그레이션 ${n(it.steps)}단계를 적용하니 먼저 백업해 주세요.`,
  'check.schema_denied': (it) =>
    `DATABASE_URL의 사용자가 ${it.place}에 테이블을 만들 수 없습니다. 그 사용자를 데이터베이스의 소유자로 만들거나 GRANT CREATE ON SCHEMA public을 실행해 주세요.`,
  'check.redis_evicts': (it) =>
    `REDIS_URL: 서버(${it.server})가 메모리가 가득 찼을 때 키를 지웁니다(maxmemory-policy ${it.policy}). noeviction으로 바꿔 주세요.`,
  'check.public_none': () =>
    'PUBLIC_URL이 없습니다. Slack을 HTTP로 쓰거나 채팅에 올릴 수 없는 큰 파일을 내려받을 때 필요합니다.',
  'check.public_ok': (it) => `PUBLIC_URL ${it.address}가 이 서비스로 이어집니다.`,
  'check.public_plain': (it) =>
    `PUBLIC_URL ${it.address}가 이 서비스로 이어지지만 https가 아닙니다. Slack이 받아들이지 않고 링크가 중간에 읽힐 수 있으니, 인증서가 있는 프록시를 앞에 두세요.`,
  'check.public_other': (it) =>
    `PUBLIC_URL ${it.address}가 응답했지만(${it.status}) 이 서비스가 아닙니다. 이 컴퓨터의 포트 ${it.port}로 이어지게 해 주세요.`,
  'check.public_silent': (it) =>
    `서비스는 실행 중인데 PUBLIC_URL ${it.address}에서 응답이 없습니다(${why(it.cause)}). DNS, 프록시, 방화벽을 확인해 이 컴퓨터의 포트 ${it.port}로 이어지게 해 주세요.`,
  'check.public_idle': (it) =>
    `PUBLIC_URL ${it.address}에서 응답이 없고(${why(it.cause)}) 서비스도 실행 중이 아닙니다. 서비스를 시작한 뒤 다시 점검해 주세요.`,
  'check.shop_elsewhere': (it) =>
    `${it.site}: ${it.name} 설정에 따라 ${it.origin}에 요청합니다. 아래 결과는 그 주소에 대한 것입니다.`,
  'check.shop_allowed': (it) => `${it.site}: ${it.host}의 robots.txt가 수집을 허용합니다.${delay(it.seconds)}`,
  'check.shop_permitted': (it) => `${it.site}: 쇼핑몰의 허락(ROBOTS_PERMISSION)을 받아 수집합니다.${delay(it.seconds)}`,
  'check.shop_forbidden': (it) =>
    `${it.site}: ${it.host}의 robots.txt가 ${PARTS[it.part]} 수집을 금지해서 그런 작업은 거절됩니다. 쇼핑몰의 허락을 받았다면 ROBOTS_PERMISSION=${it.name}로 설정해 주세요.`,
  'check.clock_ok': (it) => `시계가 ${it.host}의 시계와 맞습니다(${n(it.seconds)}초 차이).`,
  'check.clock_off': (it) =>
    `이 컴퓨터의 시계가 ${it.host}보다 ${n(it.seconds)}초 ${it.isAhead ? '빠릅니다' : '느립니다'}. 시계를 맞춰 주세요(NTP). 5분 넘게 다르면 Slack의 요청이 거절됩니다.`,
  'check.clock_unknown': () => '시각을 알려 준 서버가 없어 시계를 비교하지 못했습니다.',
  'check.nat64_none': () => '이 네트워크에는 내부 주소를 가릴 수 있는 NAT64 접두사가 없습니다.',
  'check.nat64_unknown': () => '이 네트워크에 NAT64 접두사가 있는지 DNS가 답하지 않았습니다.',
  'check.nat64_refused': (it) =>
    `이 네트워크는 NAT64(${it.prefix})를 거쳐 IPv4로 나갑니다. 그런 주소는 수집이 거절되니, IPv4를 쓰거나 DNS64가 아닌 DNS를 써 주세요.`,
  'check.nat64_hidden': (it) =>
    `이 네트워크는 자체 NAT64 접두사(${it.prefix})를 거쳐 IPv4로 나갑니다. 그 뒤의 내부 주소가 공개 주소로 보이니, 변환기가 내부 주소를 거절하게 하거나 다른 네트워크에서 실행해 주세요.`,
  'check.proxy': (it) =>
    `프록시 ${it.host}는 Slack과 Discord의 REST 호출에만 쓰입니다. Discord의 게이트웨이와 수집은 직접 나가니 방화벽에서 허용해 주세요.`,
  'check.limits_shops': (it) =>
    `제한: 호스트마다 1초에 ${n(it.crawlRate)}번, 동시에 ${n(it.crawlConcurrency)}번 요청, 동시 작업 ${n(it.crawlJobs)}개, 작업마다 ${n(it.pagesPerJob)}페이지, 상품 최대 ${n(it.maxProducts)}개`,
  'check.limits_people': (it) =>
    `한 사람의 제한: 동시에 작업 1개, 1시간에 ${n(it.jobsPerHour)}개, 하루에 ${n(it.jobsPerDay)}개, 페이지는 하루에 ${n(it.pagesPerDay)}개(한 쇼핑몰 ${n(it.pagesPerHostDay)}개), 쇼핑몰은 하루에 ${n(it.hostsPerDay)}개, 결과 파일은 ${bytes('ko', it.bytesPerUser)}, 명령은 1분에 ${n(it.commandsPerMinute)}번`,
}

import { cut } from './format.ts'
import type { Locale } from './locale.ts'

/** Longest text of another program within a sentence, in graphemes. */
const TEXT_MAX = 80

/** What the codes of the system, of TLS and of undici mean, for the brackets of a sentence. Logs keep the codes. */
const WORDS: Record<string, Record<Locale, string>> = {
  // files
  ENOENT: { en: 'there is no such file or folder', ko: '그런 파일이나 폴더가 없음' },
  EACCES: { en: 'no permission', ko: '권한 없음' },
  EPERM: { en: 'not permitted', ko: '허용되지 않음' },
  EROFS: { en: 'the disk is read-only', ko: '읽기 전용 디스크' },
  ENOTDIR: { en: 'a part of the path is no folder', ko: '경로 가운데에 폴더가 아닌 것이 있음' },
  EISDIR: { en: 'it is a folder', ko: '폴더임' },
  ENOTSUP: { en: 'it is no ordinary file', ko: '일반 파일이 아님' },
  ENAMETOOLONG: { en: 'the name is too long', ko: '이름이 너무 긺' },
  ELOOP: { en: 'its links lead in a circle', ko: '링크가 서로를 가리킴' },
  EEXIST: { en: 'something is there already', ko: '이미 있음' },
  ENOSPC: { en: 'the disk is full', ko: '디스크가 가득 참' },
  EDQUOT: { en: 'the disk quota is used up', ko: '디스크 할당량을 다 씀' },
  EFBIG: { en: 'the file would be too large', ko: '파일이 너무 큼' },
  EIO: { en: 'the disk reports errors', ko: '디스크 오류' },
  EBUSY: { en: 'another program uses it', ko: '다른 프로그램이 쓰는 중' },
  ETXTBSY: { en: 'another program runs it', ko: '다른 프로그램이 실행 중' },
  EINVAL: { en: 'the system does not take that name', ko: '시스템이 받지 않는 이름' },
  EMFILE: { en: 'too many files are open', ko: '열린 파일이 너무 많음' },
  ENFILE: { en: 'too many files are open', ko: '열린 파일이 너무 많음' },
  SQLITE_READONLY: { en: 'no permission to write', ko: '쓰기 권한 없음' },
  SQLITE_READONLY_DIRECTORY: { en: 'no permission to write in its folder', ko: '폴더에 쓰기 권한 없음' },
  SQLITE_CANTOPEN: { en: 'it cannot be opened', ko: '열 수 없음' },
  SQLITE_PERM: { en: 'no permission', ko: '권한 없음' },
  // connections
  ECONNREFUSED: { en: 'nothing answers at its port', ko: '그 포트에서 받는 곳이 없음' },
  ECONNRESET: { en: 'the connection was cut', ko: '연결이 끊김' },
  ECONNABORTED: { en: 'the connection was cut', ko: '연결이 끊김' },
  EPIPE: { en: 'the connection was cut', ko: '연결이 끊김' },
  ENOTCONN: { en: 'the connection was cut', ko: '연결이 끊김' },
  UND_ERR_SOCKET: { en: 'the connection was cut', ko: '연결이 끊김' },
  ETIMEDOUT: { en: 'no answer in time', ko: '시간 안에 답이 없음' },
  UND_ERR_CONNECT_TIMEOUT: { en: 'no answer in time', ko: '시간 안에 답이 없음' },
  UND_ERR_HEADERS_TIMEOUT: { en: 'no answer in time', ko: '시간 안에 답이 없음' },
  EHOSTUNREACH: { en: 'the network does not reach it', ko: '네트워크가 닿지 않음' },
  EHOSTDOWN: { en: 'the network does not reach it', ko: '네트워크가 닿지 않음' },
  ENETUNREACH: { en: 'the network does not reach it', ko: '네트워크가 닿지 않음' },
  ENETDOWN: { en: 'the network is down', ko: '네트워크가 꺼져 있음' },
  EADDRNOTAVAIL: { en: 'this machine has no fitting address', ko: '이 컴퓨터에 알맞은 주소가 없음' },
  ENOBUFS: { en: 'this machine is out of buffers', ko: '이 컴퓨터의 버퍼가 부족함' },
  ENOTFOUND: { en: 'the name is unknown', ko: '모르는 이름' },
  ENODATA: { en: 'the name has no address', ko: '이름에 주소가 없음' },
  EAI_AGAIN: { en: 'the name could not be looked up', ko: '이름을 찾지 못함' },
  UND_ERR_HTTP_PARSER: { en: 'it does not answer in HTTP', ko: 'HTTP 응답이 아님' },
  UND_ERR_HEADERS_OVERFLOW: { en: 'the head of its answer is too long', ko: '응답 머리글이 너무 긺' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { en: 'its answer has another length than it says', ko: '응답 길이가 다름' },
  // certificates
  CERT_HAS_EXPIRED: { en: 'it has expired', ko: '기한이 지남' },
  CERT_NOT_YET_VALID: { en: 'it is not valid yet', ko: '아직 유효하지 않음' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { en: 'it has signed itself', ko: '스스로 서명함' },
  SELF_SIGNED_CERT_IN_CHAIN: { en: 'nobody known has signed it', ko: '알 수 없는 기관이 서명함' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { en: 'nobody known has signed it', ko: '알 수 없는 기관이 서명함' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { en: 'a certificate between is missing', ko: '중간 인증서가 없음' },
  ERR_TLS_CERT_ALTNAME_INVALID: { en: 'it is for another name', ko: '다른 이름의 인증서' },
  HOSTNAME_MISMATCH: { en: 'it is for another name', ko: '다른 이름의 인증서' },
  EPROTO: { en: 'no common way to encrypt', ko: '함께 쓸 암호 방식이 없음' },
}

const UNKNOWN: Record<Locale, string> = { en: 'an unusual error', ko: '드문 오류' }
/** How codes are written. Whatever is not is a text, and stands as it is. */
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/

/** Why something failed, in words. @param cause a code of the system, or another program's text */
export const causeIn = (locale: Locale, cause: string): string =>
  Object.hasOwn(WORDS, cause)
    ? WORDS[cause]![locale]
    : CODE.test(cause) || cause === ''
      ? UNKNOWN[locale]
      : cut(cause, TEXT_MAX)

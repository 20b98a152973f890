/** Limits of one HTTP exchange. Tests hand in smaller ones. */
export interface HttpLimits {
  /** Until the TCP (and TLS) connection stands. */
  connectMs: number
  /** From the request to the whole head of the answer. */
  headersMs: number
  /** Between two pieces of the body. */
  idleMs: number
  /** One exchange from its start to the last byte; ends a body that trickles. */
  wholeMs: number
  /** One look-up of a name. */
  lookUpMs: number
  headBytes: number
  /** Body as it comes over the wire. */
  wireBytes: number
  /** Body after its content codings. */
  decodedBytes: number
}

const KIB = 1024
const MIB = 1024 * KIB

/** A page of a shop has 0.25–0.8 MB; undici alone would wait 300 s and take any size. */
export const HTTP_LIMITS: HttpLimits = {
  connectMs: 10_000,
  headersMs: 15_000,
  idleMs: 15_000,
  wholeMs: 60_000,
  lookUpMs: 5_000,
  headBytes: 16 * KIB,
  wireBytes: 8 * MIB,
  decodedBytes: 16 * MIB,
}

/** A body that unpacks to more than so many times its size … */
export const MAX_RATIO = 100
/** … is a bomb once it is past this size: small pages of repeated markup pack as well. */
export const RATIO_FROM_BYTES = MIB
/** Content codings on top of each other. */
export const MAX_CODINGS = 2
/** Bodies of redirects and errors are read to this size to keep the connection; longer ones end it. */
export const DISCARD_BYTES = 64 * KIB

/** Hops after the first request, for pages and for robots.txt (RFC 9309 §2.3.1.2). */
export const MAX_REDIRECTS = 5
/** Longest address: what browsers and servers commonly take. */
export const MAX_URL_LENGTH = 2_083

/** Idle connections are kept so long, for the next turn of their host. */
export const KEEP_ALIVE_MS = 10_000

/** RFC 9309 §2.5 asks for at least 500 KiB. */
export const ROBOTS_BYTES = 512 * KIB
/** Characters that one check of a path may compare with a robots.txt's rules; a path undecided by then is forbidden. */
export const ROBOTS_STEPS = 1_000_000
/** RFC 9309 §2.4: not longer than 24 hours. */
export const ROBOTS_TTL_MS = 24 * 60 * 60_000
/** 401 and 403 come and go with a shop's bot protection: asked again sooner. */
export const ROBOTS_FORBIDDEN_TTL_MS = 60 * 60_000
/** Jobs come back five minutes after an unreachable robots.txt; by then it must be asked again. */
export const ROBOTS_UNREACHABLE_TTL_MS = 4.5 * 60_000
/** robots.txt files kept in memory, parsed; the store keeps all … */
export const ROBOTS_KEPT = 1_000
/** … and the characters of all together: a file of 512 KiB that is full of short rules takes 3 million. */
export const ROBOTS_KEPT_SIZE = 64_000_000
/** A longer Crawl-delay is refused: 100 products would take hours. */
export const MAX_CRAWL_DELAY_SECONDS = 60

/** A Retry-After up to this is waited for in place; a longer one sends the job back to the queue. */
export const MAX_WAIT_IN_PLACE_MS = 60_000
/** A longer Retry-After is taken for nonsense. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000

/** Waits longer than this are told to whoever asked. */
export const TELL_AFTER_MS = 1_000
/** Pause between two looks at a budget store that is away. */
export const BUDGET_RETRY_MS = 1_000

/** The request log is written in lumps, at the latest after this … */
export const LOG_FLUSH_MS = 1_000
/** … or when so many records wait. */
export const LOG_BATCH = 200
/** Records kept while the store is away; older ones are dropped. */
export const LOG_KEPT = 5_000

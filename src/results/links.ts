import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { JobId, UserId } from '../ids.ts'
import type { Format } from './format.ts'
import { LINK_LIFETIME_MS, MAX_LINK_LIFETIME_MS } from './limits.ts'

/** A key that signs links. Its id stands in the link, so that a new key can come while old links still hold. */
export interface LinkKey {
  id: string
  secret: string
}

/** Whose file a link opens. */
export interface LinkClaim {
  userId: UserId
  jobId: JobId
  format: Format
}

/** Under this path the signed links live. */
export const LINK_PATH = '/files/'

const SECRET_BYTES = 32
const KEY_ID_LENGTH = 8
const LINK =
  /^\/files\/([A-Za-z0-9_-]{22})\/([A-Za-z0-9_-]{22})\.(xlsx|csv|json|jsonl)\?expires=([1-9][0-9]{9})&key=([A-Za-z0-9_-]{8})&signature=([A-Za-z0-9_-]{43})$/

/** A new secret for links: 256 bits. */
export const newLinkSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url')

/** The key of a secret; its id tells nothing of it. */
export const linkKey = (secret: string): LinkKey => ({
  id: createHash('sha256').update(`link key id\n${secret}`).digest('base64url').slice(0, KEY_ID_LENGTH),
  secret,
})

const sign = ({ id, secret }: LinkKey, { userId, jobId, format }: LinkClaim, expires: string): string =>
  createHmac('sha256', secret)
    .update(`result file\n${userId}\n${jobId}\n${format}\n${expires}\n${id}`)
    .digest('base64url')

/**
 * The path and query of a link to a result file: `/files/<user>/<job>.<format>?expires=…&key=…&signature=…`.
 * @param now epoch ms  @param lifetimeMs at most seven days  @throws RangeError for a longer life: a bug of the caller
 */
export function signLink(key: LinkKey, claim: LinkClaim, now: number, lifetimeMs = LINK_LIFETIME_MS): string {
  if (lifetimeMs <= 0 || lifetimeMs > MAX_LINK_LIFETIME_MS) throw new RangeError(`a link of ${lifetimeMs} ms`)
  const expires = String(Math.floor((now + lifetimeMs) / 1_000))
  const path = `${LINK_PATH}${claim.userId}/${claim.jobId}.${claim.format}`
  return `${path}?expires=${expires}&key=${key.id}&signature=${sign(key, claim, expires)}`
}

/** Compared as text: base64url of 32 bytes has spare bits in its last letter, and a flipped one must fail too. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * Whose file a link opens, or undefined when it is forged, changed, too old, or lives longer than any link may.
 * The caller still asks whether the job is there and its owner may use the service.
 * @param link path and query, just as they were asked for  @param now epoch ms
 */
export function readLink(keys: readonly LinkKey[], link: string, now: number): LinkClaim | undefined {
  const parts = LINK.exec(link)
  if (!parts) return undefined
  const [, userId, jobId, format, expires, keyId, signature] = parts as unknown as string[]
  const claim = { userId, jobId, format } as LinkClaim
  const key = keys.find(({ id }) => id === keyId)
  if (!key || !isSame(signature!, sign(key, claim, expires!))) return undefined
  const left = Number(expires) * 1_000 - now
  return left > 0 && left <= MAX_LINK_LIFETIME_MS ? claim : undefined
}

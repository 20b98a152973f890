import { createHash, randomBytes } from 'node:crypto'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A person. 22 characters of base64url (a UUIDv7): fits Discord's nonce of 25. Never sorted or paged by. */
export type UserId = Branded<'UserId'>
/** One crawl that a person asked for. Same form as UserId. */
export type JobId = Branded<'JobId'>
/** A chat identity: platform + workspace + external id. Same form as UserId. */
export type AccountId = Branded<'AccountId'>
/** A row of the outbox. Same form as UserId. */
export type EntryId = Branded<'EntryId'>
/** Something that a person is told directly. Same form as UserId. */
export type NoticeId = Branded<'NoticeId'>
/** A result file. Same form as UserId. */
export type FileId = Branded<'FileId'>

const ID_FORM = /^[A-Za-z0-9_-]{22}$/

/**
 * A new id: UUIDv7 (RFC 9562 §5.7) in base64url without padding, 22 characters.
 * @param now epoch milliseconds that go into its first 48 bits
 */
export function newId<T extends string>(now: number): T {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  return formed<T>(bytes)
}

/**
 * The id of the one thing of a kind that another has: always the same, so that what was made twice, because a database
 * lost the first, is known as one. It tells the other's time.
 */
export function idWithin<T extends string>(owner: string, kind: string): T {
  const bytes = createHash('sha256').update(`${owner} ${kind}`).digest().subarray(0, 16)
  Buffer.from(owner, 'base64url').copy(bytes, 0, 0, 6)
  return formed<T>(bytes)
}

function formed<T extends string>(bytes: Buffer): T {
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('base64url') as T
}

/** Whether a text from outside has the form of an id; says nothing about a row of that id being there. */
export const isId = (text: string): boolean => ID_FORM.test(text)

/** Earliest and latest time that an id of ours can tell: before and after, 48 bits mean something else. */
const EARLIEST = Date.UTC(2020, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)

/** When an id was made, in epoch milliseconds, from its first 48 bits; undefined for a text that begins with none. */
export function timeOf(text: string): number | undefined {
  const head = text.slice(0, 8)
  if (!/^[A-Za-z0-9_-]{8}$/.test(head)) return undefined
  const at = Buffer.from(head, 'base64url').readUIntBE(0, 6)
  return at >= EARLIEST && at <= LATEST ? at : undefined
}

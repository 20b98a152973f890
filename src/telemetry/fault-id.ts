import { randomInt } from 'node:crypto'

/** Crockford's base32: no letter that looks like a digit, so that a person can read it out. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 8

/** A short id that a person sees and the log has: `7K3M9QXA`. */
export const faultId = (): string => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')

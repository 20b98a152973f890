import { z } from 'zod'
import type { ConfigMistake } from './errors.ts'

/** One name of the environment: how it is read, and what it does (for .env.example and docs/configuration.md). */
export interface Setting<T = unknown> {
  name: string
  /** Reads the text; absent and empty texts are not read: the default holds. */
  schema: z.ZodType<T, string>
  fallback: T
  /** What is wrong when the schema refuses, and what would be right. */
  problem: ConfigMistake['problem']
  expected: string
  /** As .env.example shows it. */
  example: string
  about: string
}

/** A text as it is. */
export const text = z.string()
/** Texts with commas between. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
/** An origin: scheme, host and port. */
export const origin = z.string().refine((value) => {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username
  )
}, 'origin')
/** An address of PostgreSQL. */
export const database = z
  .string()
  .refine((value) => URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol), 'database')
/** An address of Redis. */
export const redis = z
  .string()
  .refine((value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol), 'redis')
/** A whole number within bounds. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
/** A decimal number within bounds. */
export const decimal = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,6})?$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
/** An exact address with its port. */
export const addressPort = z.string().regex(/^(?:\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/)
/** A chat account, `platform:workspace/user` or `platform:user`. */
export const accountName = z.string().regex(/^[a-z]{1,20}:(?:[^\s/:,]{1,40}\/)?[^\s/,]{1,80}$/)
/**
 * The host of `shop.example.com[:port]` as addresses write it: lower case, other scripts in their ASCII form, without the
 * port that a scheme implies. Undefined for any other text.
 */
export function readHost(value: string): string | undefined {
  if (/[\s/\\?#@*]/.test(value) || !URL.canParse(`http://${value}`)) return undefined
  return new URL(`http://${value}`).host.replace(/:443$/, '')
}
/** A host without a port; a dot before it is dropped. */
export const hostName = z.string().transform((value, context) => {
  const host = /:\d*$/.test(value) ? undefined : readHost(value.replace(/^\./, ''))
  if (host !== undefined) return host
  context.addIssue('host')
  return z.NEVER
})
/** A time zone that this Node knows. */
export const timeZone = z.string().refine((value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
})

/** A setting that is a whole number. */
export const count = (name: string, fallback: number, min: number, max: number, about: string): Setting<number> => ({
  name,
  schema: whole(min, max),
  fallback,
  problem: 'number',
  expected: `${min}–${max}`,
  example: String(fallback),
  about,
})

/** A setting that is one of several words. */
export const choice = <T extends string>(
  name: string,
  options: readonly [T, ...T[]],
  fallback: T,
  about: string,
): Setting<T> => ({
  name,
  schema: z.enum(options) as unknown as z.ZodType<T, string>,
  fallback,
  problem: 'choice',
  expected: options.join(', '),
  example: fallback,
  about,
})

/** A setting that is a list. */
export const listOf = (
  name: string,
  schema: z.ZodType<string[], string>,
  problem: ConfigMistake['problem'],
  expected: string,
  about: string,
): Setting<string[]> => ({
  name,
  schema,
  fallback: [],
  problem,
  expected,
  example: '',
  about,
})

import type { Json } from '../tables.ts'

/** A value as JSON text. */
export const toJson = (value: unknown): Json => JSON.stringify(value)

export const toJsonOrNull = (value: unknown): Json | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

/** JSON text that this program wrote, as the type it wrote. */
export const fromJson = <T>(text: Json): T => JSON.parse(text) as T

export const fromJsonOrNull = <T>(text: Json | null): T | null => (text === null ? null : (JSON.parse(text) as T))

/** 0 and 1 as the databases hold them. */
export const toFlag = (value: boolean): 0 | 1 => (value ? 1 : 0)

export const toFlagOrNull = (value: boolean | null): 0 | 1 | null => (value === null ? null : toFlag(value))

export const fromFlagOrNull = (value: number | null): boolean | null => (value === null ? null : value !== 0)

/** Text from outside as both databases can hold it: PostgreSQL refuses NUL, UTF-8 has no lone surrogates. */
export const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed()

export const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text))

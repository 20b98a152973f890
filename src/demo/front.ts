import type { Catalogue } from './catalogue.ts'

/** One request that the replica received, as tests count them. */
export interface ReplicaCall {
  /** Milliseconds since the shop started. */
  at: number
  method: string
  /** Path and query. */
  path: string
  headers: Record<string, string>
  body: string
  /** 0 while unanswered, or when the connection was broken on purpose. */
  status: number
}

/** What a shop answers. */
export interface ReplicaAnswer {
  status?: number
  contentType: string
  body: string | Uint8Array
  headers?: Record<string, string>
}

/** What a front needs to answer. */
export interface ReplicaShelves {
  catalogue: Catalogue
  /** Bytes that a listing weighs, at least. */
  pageBytes: number
  /** How the search is written: as embedded state (2024–2026), or as cards alone. */
  form: 'state' | 'cards'
  /** Where this request's lists begin: a sliding list loses its first products while it is read. */
  offset: number
  origin: string
}

/** One shop's pages. Answers what is its own, and nothing for any other address. */
export type ReplicaFront = (url: URL, call: ReplicaCall, shelves: ReplicaShelves) => ReplicaAnswer | undefined

/** Text made harmless inside markup and attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** JSON made harmless inside a script. */
export const jsonInScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

/** Page `n` of a list that begins at `offset`. */
export const pageIn = <T>(list: T[], page: number, size: number, offset = 0): T[] =>
  list.slice(offset + (page - 1) * size, offset + page * size)

/** A whole number from 1 in a query, or `otherwise`. */
export function numberIn(url: URL, name: string, otherwise: number): number {
  const value = Number(url.searchParams.get(name))
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise
}

/** `1,299,000` */
export const grouped = (amount: number): string => amount.toLocaleString('en-US')

/**
 * A page of a shop around its own part: head, scripts, menus and foot, as heavy as asked. Of the padding two thirds are
 * scripts and style, a third is markup, as on the real listings.
 */
export function htmlPage(title: string, main: string, bytes: number): string {
  const missing = Math.max(0, bytes - Buffer.byteLength(main) - 600)
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><script>${scriptOf(missing * 0.66)}</script></head><body>
<nav>${menuOf(missing * 0.17)}</nav>
<main>${main}</main>
<footer>${menuOf(missing * 0.17)}<p>이 쇼핑몰은 shopcrawl 데모용 복제본입니다.</p></footer>
</body></html>`
}

const SCRIPT_LINE = 'window.__tracking=window.__tracking||[];__tracking.push({area:"menu",captcha:false,index:0});\n'
const MENU_LINE =
  '<ul class="menu_lst"><li class="menu_item"><a href="/disp/category.ssg?dispCtgId=1" class="clickable"><span class="tx">카테고리</span></a></li></ul>\n'

const scriptOf = (bytes: number): string => SCRIPT_LINE.repeat(Math.ceil(bytes / SCRIPT_LINE.length))
const menuOf = (bytes: number): string => MENU_LINE.repeat(Math.ceil(bytes / Buffer.byteLength(MENU_LINE)))

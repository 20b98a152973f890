import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AdminApp } from './api.ts'

const own = (name: string): URL => new URL(`./assets/${name}`, import.meta.url)
const library = (path: string): URL => new URL(import.meta.resolve(path))

/** What a page loads, all of it from here. */
const FILES: Record<string, { at: () => URL; type: string }> = {
  'admin.css': { at: () => own('admin.css'), type: 'text/css; charset=utf-8' },
  'admin.js': { at: () => own('admin.js'), type: 'text/javascript; charset=utf-8' },
  'icon.svg': { at: () => own('icon.svg'), type: 'image/svg+xml' },
  'uplot.css': { at: () => library('uplot/dist/uPlot.min.css'), type: 'text/css; charset=utf-8' },
  'uplot.js': { at: () => library('uplot/dist/uPlot.iife.min.js'), type: 'text/javascript; charset=utf-8' },
}

const YEAR_S = 31_536_000
const loaded = new Map<string, { body: Uint8Array<ArrayBuffer>; mark: string }>()

function load(name: string) {
  const known = loaded.get(name)
  if (known) return known
  const body = new Uint8Array(readFileSync(FILES[name]!.at()))
  const file = { body, mark: createHash('sha256').update(body).digest('base64url').slice(0, 12) }
  loaded.set(name, file)
  return file
}

/** The page's style and scripts. Their addresses change with what is in them, so browsers keep them for good. */
export const ASSETS = {
  href: (name: string): string => `/admin/assets/${name}?v=${load(name).mark}`,
  mount: (app: AdminApp): void => {
    app.get('/assets/:name', (c) => {
      const name = c.req.param('name')
      if (!Object.hasOwn(FILES, name)) return c.notFound()
      const { body, mark } = load(name)
      const isKept = c.req.query('v') === mark
      return c.body(body, 200, {
        'content-type': FILES[name]!.type,
        'cache-control': isKept ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      })
    })
  },
}

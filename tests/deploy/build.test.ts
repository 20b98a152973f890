import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from '../support/store-house.ts'
import { until } from '../support/until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEST_MS = 120_000
const FILES = Array.from({ length: 40 }, (_, at) => `part-${at}`)

let folder: string
const at = (path: string): string => join(folder, path)

/** A program of forty files that is built as this one is. */
beforeEach(() => {
  folder = makeFolder()
  for (const path of ['.ci/build.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(join(ROOT, path), at(path))
  symlinkSync(join(ROOT, 'node_modules'), at('node_modules'))
  for (const path of ['src/admin/assets', 'db', 'adapters']) mkdirSync(at(path), { recursive: true })
  writeFileSync(at('src/admin/assets/page.css'), 'body {}')
  for (const name of FILES) writeFileSync(at(`src/${name}.ts`), `export const name = '${name}'\n`)
  writeFileSync(at('src/cli.ts'), FILES.map((name) => `import './${name}.ts'\n`).join(''))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const build = (): { pid: number; ended: Promise<{ code: number | null; stderr: string }> } => {
  const child = spawn(process.execPath, [at('.ci/build.mjs')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let stderr = ''
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece
  })
  return { pid: child.pid!, ended: once(child, 'close').then(([code]) => ({ code, stderr })) }
}

const leavings = (): string[] => readdirSync(folder).filter((name) => name.startsWith('dist.'))

/** dist/ is whole, and nothing lies beside it. */
function expectWhole(): void {
  expect(leavings()).toEqual([])
  expect(readdirSync(at('dist/src')).filter((name) => name.endsWith('.js'))).toHaveLength(FILES.length + 1)
  expect(existsSync(at('dist/src/admin/assets/page.css'))).toBe(true)
}

test('builds at the same time each make a whole program, and leave one', { timeout: TEST_MS }, async () => {
  const ends = await Promise.all(Array.from({ length: 3 }, () => build().ended))
  expect(ends).toEqual(ends.map(() => ({ code: 0, stderr: '' })))
  expectWhole()
})

test('after a build that was killed the former program is there, and the next build is whole', {
  timeout: TEST_MS,
}, async () => {
  await build().ended
  writeFileSync(at('src/part-0.ts'), "export const name = 'changed'\n")
  const killed = build()
  await until(() => leavings().length > 0, 'the new folder')
  process.kill(-killed.pid, 'SIGKILL') // with its tsc
  await killed.ended
  expect(readFileSync(at('dist/src/part-0.js'), 'utf8')).toContain("'part-0'")
  expect(await build().ended).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(at('dist/src/part-0.js'), 'utf8')).toContain("'changed'")
  expectWhole()
})

// Compiles src/, adapters/ and db/ into dist/ with plain tsc, and copies what is not TypeScript beside it. What stood in
// dist/ is there until the new is whole: a process that starts meanwhile finds a program.
// --unchecked leaves the types to `npm run check`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
if (!existsSync(tsc)) process.exit(0) // installed without development dependencies: dist/ came with the package
const [dist, next, former] = ['dist', 'dist.next', 'dist.former'].map((name) => `${root}${name}`)
const remove = (folder) => rmSync(folder, { recursive: true, force: true })
remove(next)
const unchecked = process.argv.includes('--unchecked') ? ['--noCheck'] : []
const args = ['-p', `${root}tsconfig.build.json`, '--outDir', next, ...unchecked]
const compiled = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit', cwd: root })
if (compiled.status !== 0) {
  remove(next)
  process.exit(compiled.status ?? 1)
}
cpSync(`${root}src/admin/assets`, `${next}/src/admin/assets`, { recursive: true })
chmodSync(`${next}/src/cli.js`, 0o755)
remove(former)
if (existsSync(dist)) renameSync(dist, former)
renameSync(next, dist)
remove(former)

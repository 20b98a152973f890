// Compiles src/, adapters/ and db/ into dist/ with plain tsc, and copies what is not TypeScript beside it. What stood in
// dist/ is there until the new is whole: a process that starts meanwhile finds a program. Each build has a folder of its
// own, so that one which runs beside another, or was killed and left its tsc behind, spoils nobody's.
// --unchecked leaves the types to `npm run check`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
if (!existsSync(tsc)) process.exit(0) // installed without development dependencies: dist/ came with the package
const [dist, next, former] = ['dist', `dist.next.${process.pid}`, `dist.former.${process.pid}`].map((it) => root + it)
clear()
const unchecked = process.argv.includes('--unchecked') ? ['--noCheck'] : []
const args = ['-p', `${root}tsconfig.build.json`, '--outDir', next, ...unchecked]
const compiled = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit', cwd: root })
if (compiled.status !== 0) {
  clear()
  process.exit(compiled.status ?? 1)
}
cpSync(`${root}src/admin/assets`, `${next}/src/admin/assets`, { recursive: true })
chmodSync(`${next}/src/cli.js`, 0o755)
while (!isSwapped()) {
  // another build put its own there in between
}
clear()

/** Puts the new in the place of what stood there. */
function isSwapped() {
  rmSync(former, { recursive: true, force: true })
  try {
    renameSync(dist, former)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  try {
    renameSync(next, dist)
    return true
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    return false
  }
}

/** Removes what this build leaves, and what builds have left that are no more. */
function clear() {
  for (const name of readdirSync(root)) {
    const left = /^dist\.(?:next|former)(?:\.(?<builder>\d+))?$/.exec(name)
    if (left && !isAtWork(Number(left.groups.builder))) rmSync(root + name, { recursive: true, force: true })
  }
}

/** Whether another build of this number runs. */
function isAtWork(pid) {
  if (!pid || pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

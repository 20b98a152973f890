// Compiles src/, adapters/ and db/ into dist/ with plain tsc, and copies what is not TypeScript beside it.
// --unchecked leaves the types to `npm run check`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
if (!existsSync(tsc)) process.exit(0) // installed without development dependencies: dist/ came with the package
rmSync(`${root}/dist`, { recursive: true, force: true })
const unchecked = process.argv.includes('--unchecked') ? ['--noCheck'] : []
const compiled = spawnSync(process.execPath, [tsc, '-p', `${root}/tsconfig.build.json`, ...unchecked], {
  stdio: 'inherit',
  cwd: root,
})
if (compiled.status !== 0) process.exit(compiled.status ?? 1)
for (const assets of ['src/demo/pages', 'src/admin/assets']) {
  if (existsSync(`${root}/${assets}`)) cpSync(`${root}/${assets}`, `${root}/dist/${assets}`, { recursive: true })
}
const cli = `${root}/dist/src/cli.js`
if (existsSync(cli)) chmodSync(cli, 0o755)

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PEERS = fileURLToPath(new URL('./peers', import.meta.url))

/** The compiled program is what is measured: no loader stands between it and Node. */
export const compiled = (path) => import(pathToFileURL(`${ROOT}/dist/src/${path}`).href)

/** Compiles the program anew, so that no older one is measured. */
export function build() {
  run(process.execPath, [`${ROOT}/.ci/build.mjs`], ROOT)
}

/** Installs the programs that are compared with, in the exact versions of their lock file, when they are missing. */
export function installPeers() {
  if (!existsSync(`${PEERS}/node_modules`)) run('npm', ['ci', '--no-audit', '--no-fund'], PEERS)
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

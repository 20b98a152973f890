import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds dist/ once before the tests: the CPU pool and the child processes of the tests run the compiled program. */
export default function setup(): void {
  const build = fileURLToPath(new URL('../../.ci/build.mjs', import.meta.url))
  execFileSync(process.execPath, [build, '--unchecked'], { stdio: 'inherit' })
}

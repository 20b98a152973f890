import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds dist/ once before the tests: the CPU pool and the child processes of the tests run the compiled program. */
export default function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../.ci/build.mjs', import.meta.url))], {
    stdio: 'inherit',
  })
}

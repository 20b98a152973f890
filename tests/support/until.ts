/** A test that waits longer than this hangs. Real milliseconds. */
const HANGING_MS = 150_000

/** Resolves once the condition holds; looks again whenever the event loop has turned. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const start = performance.now()
  while (!(await condition())) {
    if (performance.now() - start > HANGING_MS) throw new Error(`${what} did not come within ${HANGING_MS} ms`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

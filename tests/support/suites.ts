import { describe } from 'vitest'

/**
 * Registers a suite that needs something of the machine (a service, a folder, root). Where it is absent the suite is not
 * registered and one line says so; with TEST_REQUIRE=all its absence fails, unless `isOptional`.
 */
export function suiteWhere(
  isThere: boolean,
  needs: string,
  name: string,
  define: () => void,
  isOptional = false,
): void {
  if (isThere) {
    describe(name, define)
  } else if (process.env.TEST_REQUIRE === 'all' && !isOptional) {
    throw new Error(`${name}: needs ${needs}, and TEST_REQUIRE=all allows no absence`)
  } else {
    console.info(`not registered, needs ${needs}: ${name}`)
  }
}

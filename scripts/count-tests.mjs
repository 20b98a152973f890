// Reads vitest's JSON report and prints its totals as one line. Fails when a test failed, was skipped, or none ran.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: todo } = report
const brokenSuites = report.testResults.filter(
  (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
)
for (const suite of brokenSuites) console.error(`did not load: ${suite.name}: ${suite.message}`)
if (skipped + todo > 0)
  console.error(`${skipped + todo} tests were skipped: a test that cannot run must not be registered`)
console.log(`${passed} passed, ${failed + brokenSuites.length} failed`)
process.exit(passed > 0 && failed === 0 && skipped + todo === 0 && brokenSuites.length === 0 && report.success ? 0 : 1)

// Reads vitest's JSON reports, given as arguments, and prints the totals of all as one line. Fails when a report is
// missing, or when in one of them a test failed, was skipped, or none ran; before the totals it tells what failed, so that
// the end of the output says enough.
import { readFileSync } from 'node:fs'

const totals = process.argv.slice(2).map(count)
const passed = totals.reduce((sum, it) => sum + it.passed, 0)
const failed = totals.reduce((sum, it) => sum + it.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exit(totals.length > 0 && totals.every((it) => it.isGood) ? 0 : 1)

function count(path) {
  const report = read(path)
  if (!report) return { passed: 0, failed: 1, isGood: false } // a run that died counts as one that failed
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, numTodoTests: todo } = report
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
  for (const suite of broken) console.error(`did not load: ${suite.name}: ${suite.message}`)
  if (skipped + todo > 0)
    console.error(`${skipped + todo} tests were skipped: a test that cannot run must not be registered`)
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults.filter((it) => it.status === 'failed')) tell(suite, test)
  }
  const failed = numFailedTests + broken.length
  return { passed, failed, isGood: passed > 0 && failed === 0 && skipped + todo === 0 && report.success }
}

function tell(suite, test) {
  console.error(`failed: ${suite.name}: ${test.fullName}`)
  for (const message of test.failureMessages) console.error(firstLines(message, 12))
}

function firstLines(text, count) {
  return text.split('\n').slice(0, count).join('\n').slice(0, 2000)
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    console.error(`no report: ${error.message}`)
    return undefined
  }
}

import { defineConfig } from 'vitest/config'

const report = process.env.TEST_REPORT

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // A test that takes longer hangs: three times what the longest takes on a machine with other work.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores are what the program is made for; more forks would only make each other late.
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})

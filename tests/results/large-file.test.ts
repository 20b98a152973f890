import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const script = fileURLToPath(new URL('./large-file.mjs', import.meta.url))

/** Five times the promised 200 MB: notices a whole file in memory. */
const HIGHEST_RSS_MB = 1_000
/** Writing on the main thread would block it for seconds; on a busy machine even an idle process waits 40 ms at times. */
const LONGEST_BLOCK_MS = 1_000

describe('a workbook of 100,000 rows', () => {
  test('is written in pieces and beside the main thread', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'shopcrawl-large-'))
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [script, dir, 'xlsx', '100000'])
      const cost = JSON.parse(stdout)
      expect(cost.rows).toBe(100_000)
      expect(cost.highestRssMb).toBeLessThan(HIGHEST_RSS_MB)
      expect(cost.longestBlockMs).toBeLessThan(LONGEST_BLOCK_MS)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

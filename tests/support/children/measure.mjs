// Beside the program, by --import and with --expose-gc: at SIGUSR2 it writes what the process holds once its garbage is gone.

import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const path = `${process.env.MEASURE_DIR}/${process.pid}.json`

if (isMainThread)
  process.on('SIGUSR2', () => {
    for (let times = 0; times < 3; times++) globalThis.gc()
    const { heapUsed, rss } = process.memoryUsage()
    const handles = process.getActiveResourcesInfo().length
    const files = readdirSync('/proc/self/fd').length
    writeFileSync(`${path}.part`, JSON.stringify({ heapUsed, rss, handles, files }))
    renameSync(`${path}.part`, path)
  })

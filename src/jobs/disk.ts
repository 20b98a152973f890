import { statfs } from 'node:fs/promises'
import { Refusal } from '../errors.ts'

/** Below this much free space no new job is taken: half a gibibyte, or a twentieth of a smaller disk. */
const FLOOR_BYTES = 512 * 1024 * 1024
const FLOOR_SHARE = 0.05

/**
 * Refuses a job where the disk under `folder` is nearly full: it would only fail later, and take the others with it.
 * @throws Refusal `store.disk_full`
 */
export async function checkDisk(folder: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const floor = Math.min(FLOOR_BYTES, blocks * bsize * FLOOR_SHARE)
  if (bavail * bsize < floor) throw new Refusal('store.disk_full', { path: folder })
}

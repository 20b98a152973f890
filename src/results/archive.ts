import { strToU8, Zip, ZipDeflate } from 'fflate'

/** Deflate's effort: 6 makes files a few percent smaller and takes nearly twice the time. */
const EFFORT = 4

/** A ZIP that is written entry by entry; one entry is open at a time. */
export interface Archive {
  /** Opens an entry for text that comes in pieces. */
  open(path: string): { write(bytes: Uint8Array): void; close(): void }
  /** A whole entry at once. */
  put(path: string, text: string): void
  end(): void
}

/**
 * @param write receives the bytes of the archive, in order
 * @param modifiedAt epoch ms that all entries carry, so that the same rows give the same bytes
 */
export function createArchive(write: (bytes: Uint8Array) => void, modifiedAt: number): Archive {
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    write(bytes)
  })
  const open: Archive['open'] = (path) => {
    const entry = new ZipDeflate(path, { level: EFFORT })
    entry.mtime = modifiedAt
    zip.add(entry)
    return { write: (bytes) => entry.push(bytes), close: () => entry.push(new Uint8Array(0), true) }
  }
  return {
    open,
    put: (path, text) => {
      const entry = open(path)
      entry.write(strToU8(text))
      entry.close()
    },
    end: () => zip.end(),
  }
}

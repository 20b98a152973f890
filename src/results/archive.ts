import { Zip, ZipDeflate } from 'fflate'
import { createTextPieces } from './output.ts'

/** Deflate's effort: 6 makes files a few percent smaller and takes nearly twice the time. */
const EFFORT = 4

/** A part of an archive that is being written. */
export interface ArchiveEntry {
  push(text: string): void
  close(): void
}

/** A ZIP that is written entry by entry; one entry is open at a time. */
export interface Archive {
  open(path: string): ArchiveEntry
  /** A whole entry, its text in pieces. */
  put(path: string, texts: Iterable<string>): void
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
  const open = (path: string): ArchiveEntry => {
    const entry = new ZipDeflate(path, { level: EFFORT })
    entry.mtime = modifiedAt
    zip.add(entry)
    const pieces = createTextPieces((bytes) => entry.push(bytes))
    return {
      push: pieces.push,
      close: () => {
        pieces.flush()
        entry.push(new Uint8Array(0), true)
      },
    }
  }
  return {
    open,
    put: (path, texts) => {
      const entry = open(path)
      for (const text of texts) entry.push(text)
      entry.close()
    },
    end: () => zip.end(),
  }
}

import { readFileSync } from 'node:fs'

interface Manifest {
  version: string
  /** Absent in a copy that has none. */
  homepage?: string
}

/** The package's own manifest: one folder up from the sources, two from dist/src. */
function readManifest(): Manifest {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as Manifest & { name: string }
      if (manifest.name === 'shopcrawl') return manifest
    } catch {
      // the other place
    }
  }
  throw new Error('package.json of shopcrawl is missing')
}

/** Version and home page of this program, as package.json says them. */
export const about = (): Manifest => readManifest()

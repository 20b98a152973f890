import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isAddress, isBareAddress, readAddress } from '../commands/address.ts'
import { HTTP_LIMITS } from '../crawl/http-limits.ts'
import { isGzip } from '../crawl/magic-bytes.ts'
import { Refusal } from '../errors.ts'

const MEGABYTE = 1024 * 1024

/** What a file's ending says of its content. The charset is left to the page. */
const TYPES: Record<string, string> = { '.json': 'application/json', '.xml': 'application/xml', '.txt': 'text/plain' }

/** `page.html` looks like a host, and nobody means one. */
const FILE_NAME = /^[^/?#]*\.(?:html?|xhtml|json|xml|txt|gz)$/i

/**
 * The address that a person means, or null for the name of a file. A host without a scheme is an address where no file
 * has that name.
 * @throws Refusal of `url.…` codes
 */
export async function readAddressOf(target: string): Promise<string | null> {
  if (isAddress(target)) return readAddress(target)
  if (!isBareAddress(target) || FILE_NAME.test(target)) return null
  const isFile = await stat(target).then(
    () => true,
    () => false,
  )
  return isFile ? null : readAddress(target)
}

/**
 * A saved page, as large as one that is fetched may be; `.gz` is unpacked.
 * @throws Refusal `file.unreadable`, `page.too_large`, `page.bomb`
 */
export async function readSavedPage(path: string): Promise<{ body: Uint8Array<ArrayBuffer>; contentType: string }> {
  const packed = await readBytes(path)
  const body = isGzip(packed) ? unpack(packed, path) : packed
  return { body, contentType: TYPES[extname(path.replace(/\.gz$/i, '')).toLowerCase()] ?? 'text/html' }
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const found = await stat(path)
    // a pipe or a device may have no end, or never begin
    if (!found.isFile() && !found.isDirectory()) throw Object.assign(new Error('no ordinary file'), { code: 'ENOTSUP' })
    if (found.size > HTTP_LIMITS.decodedBytes) throw tooLarge(path)
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('file.unreadable', { path, cause: (error as NodeJS.ErrnoException).code ?? '' }, { cause: error })
  }
}

const tooLarge = (path: string) =>
  new Refusal('page.too_large', { url: path, megabytes: HTTP_LIMITS.decodedBytes / MEGABYTE })

/** What is not really packed stays as it is: the page's verdict will say so. */
function unpack(packed: Uint8Array<ArrayBuffer>, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(gunzipSync(packed, { maxOutputLength: HTTP_LIMITS.decodedBytes }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal('page.bomb', { url: path })
    return packed
  }
}

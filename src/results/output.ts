import type { Product } from '../sites/product.ts'
import type { ResultFacts } from './store.ts'

/** What a file tells besides its rows. */
export interface About {
  facts: ResultFacts
  /** IANA name, for the times that people read. */
  timeZone: string
}

/** Turns products into the bytes of one format. Synchronous: it runs in a thread of its own. */
export interface RowWriter {
  /** Takes products in order. @returns how many were taken: fewer than given once the file is full */
  add(products: readonly Product[]): number
  /** Writes what follows the rows. */
  end(): void
}

/** Where a writer's bytes go, and how much room is left there. */
export interface Output {
  write(bytes: Uint8Array): void
  /** Whether the file would pass its largest size once `tail` more bytes follow. */
  isFull(tail: number): boolean
}

/** Text is encoded in pieces of about this many UTF-16 units, so that neither memory nor calls pile up. */
const PIECE_LENGTH = 64 * 1024

/** Gathers text and hands it on as UTF-8 in pieces. */
export interface TextPieces {
  push(text: string): void
  flush(): void
}

/** @param take receives the pieces, in order */
export function createTextPieces(take: (bytes: Uint8Array) => void): TextPieces {
  let pending = ''
  const flush = () => {
    if (pending === '') return
    const bytes = Buffer.from(pending, 'utf8')
    pending = ''
    take(bytes)
  }
  return {
    flush,
    push: (text) => {
      pending += text
      if (pending.length >= PIECE_LENGTH) flush()
    },
  }
}

import { fold } from '../sites/extract/text.ts'
import type { ProductDraft } from '../sites/product.ts'

/**
 * A test whether a product's name, brand or category (or its model code) holds every word: any case, composed or not,
 * full-width or not. Codes of digits alone are left out, because "15" is in every one of them.
 */
export function wordsFilter(words: string): (product: ProductDraft) => boolean {
  const wanted = fold(words).split(/\s+/).filter(Boolean)
  return (product) => {
    const code = /[a-z]/i.test(product.id) ? product.id : ''
    const text = fold([product.name, product.brand, product.category, code].filter(Boolean).join('\n'))
    return wanted.every((word) => text.includes(word))
  }
}

import { PRODUCT_FIELDS, type Product } from '../sites/product.ts'

/** One product as JSON on one line: the keys in the order of PRODUCT_FIELDS, absent values null. */
export const jsonRow = (product: Product): string =>
  JSON.stringify(Object.fromEntries(PRODUCT_FIELDS.map((field) => [field, product[field] ?? null])))

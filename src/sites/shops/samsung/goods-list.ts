import { draftOf } from '../../draft.ts'
import { isItem, type SchemaItem, textOf } from '../../extract/schema-values.ts'
import type { ProductDraft } from '../../product.ts'
import type { Page, Route } from '../../site.ts'
import { absoluteUrl } from '../../url.ts'
import { nextOf, ROOT, rowsOf } from './requests.ts'

/** Codes of `saleStatCd`: on sale, and out of stock for a while or for ever. Others say nothing. */
const STOCK: Readonly<Record<string, boolean>> = { '12': true, '13': false, '15': false, '17': false }

/** Whether a product can be had, by its sale status. */
export const stockOf = (status: string | null | undefined): boolean | null => STOCK[status ?? ''] ?? null

/** The list API's JSON. A page of HTML in its place does not fit: the shop blocked or moved it. */
export const goodsList: Route = {
  name: 'goods list',
  fits: (page) => isGoodsList(page) && goodsOf(page) !== null,
  expects: (page) => isGoodsList(page),
  read(page) {
    const goods = goodsOf(page) ?? []
    const total = totalOf(page)
    const shown = page.request.page * rowsOf(page.request.url)
    const hasMore = goods.length > 0 && (total === undefined ? goods.length >= rowsOf(page.request.url) : shown < total)
    return {
      products: goods.map(readGoods).filter((draft) => draft !== undefined),
      total,
      next: hasMore ? [nextOf(page.request)] : [],
      warned: { 'price.conditional': goods.filter(isConditional).map(idOf) },
    }
  },
}

const isGoodsList = (page: Page): boolean => /\/pf\/goodsList(?:More)?$/.test(page.url.pathname)

/** A list without goods: the API answered, and this category or page has none. */
export const isEmptyList = (page: Page): boolean => isGoodsList(page) && goodsOf(page)?.length === 0

function goodsOf(page: Page): SchemaItem[] | null {
  const answer = page.json()
  if (!isItem(answer) || !Array.isArray(answer.products)) return null
  return answer.products.filter(isItem)
}

function totalOf(page: Page): number | undefined {
  const answer = page.json()
  return isItem(answer) && typeof answer.count === 'number' ? answer.count : undefined
}

/** A phone that comes with a carrier's contract: its price holds the carrier's subsidy. */
const isConditional = (goods: SchemaItem): boolean => goods.activatePhoneYn === 'Y'

const idOf = (goods: SchemaItem): string => textOf(goods.mdlCode) ?? textOf(goods.goodsId) ?? ''

/** 기준가 is the third field of `priceStr` (number|type|기준가|회원가|혜택가); `salePrice` is the price that the list shows. */
function readGoods(goods: SchemaItem): ProductDraft | undefined {
  const address = textOf(goods.goodsDetailUrl)
  const path = address?.replace(/^\/(?:sec\/)?(?!\/)/, '') ?? null
  const price = amountOf(goods.salePrice)
  return draftOf({
    id: idOf(goods),
    name: textOf(goods.goodsNm) ?? '',
    brand: goods.thirdPartyYn === 'Y' ? textOf(goods.brandNm) : 'Samsung',
    seller: null,
    price,
    originalPrice: price === null ? null : amountOf(textOf(goods.priceStr)?.split('|')[2]),
    currency: 'KRW',
    rating: typeof goods.reviewGrade === 'number' ? goods.reviewGrade : null,
    reviewCount: typeof goods.reviewCount === 'number' ? goods.reviewCount : null,
    inStock: stockOf(textOf(goods.saleStatCd)),
    url: ownAddress(path),
    imageUrl: absoluteUrl(textOf(goods.imgPath1), new URL(ROOT)),
    category: textOf(goods.compDispClsfEnNm) ?? path?.split('/')[0] ?? null,
  })
}

/** A whole amount of won; 0 stands for goods without a price. */
export function amountOf(value: unknown): number | null {
  const amount = typeof value === 'string' && /^\d{1,12}$/.test(value.trim()) ? Number(value) : value
  return typeof amount === 'number' && Number.isFinite(amount) && amount > 0 ? amount : null
}

/** The goods' page, when it is one of this shop's. */
export function ownAddress(path: string | null): string | null {
  const url = absoluteUrl(path, new URL(ROOT))
  return url !== null && stays(new URL(url)) ? url : null
}

/** Everything outside of /sec/ is another country's shop. */
export function stays(url: URL): boolean {
  return /(?:^|\.)samsung\.com$/.test(url.hostname) && /^\/sec(?:\/|$)/.test(url.pathname)
}

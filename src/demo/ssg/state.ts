import type { CatalogueItem } from '../catalogue.ts'
import { grouped } from '../front.ts'

/** One result in the form that the search page's state has (2024–2026). */
export function stateItem(item: CatalogueItem, index: number, isAdvert = false) {
  const url = `https://emart.ssg.com/item/itemView.ssg?itemId=${item.id}&siteNo=${item.siteNo}&salestrNo=2037`
  const image = imageOf(item, 232)
  const original = item.originalPrice === null ? '' : grouped(item.originalPrice)
  return {
    brandName: item.brand,
    brandEngNm: '',
    attnDivCd: '10',
    hashTagList: [{ txt: item.category, cnt: '60' }],
    rankIndex: index,
    soldOutMessage: item.isSoldOut ? '일시품절' : '',
    isVisiblePrice: true,
    isVisiblePriceTilde: false,
    isRentalItem: false,
    itemId: item.id,
    itemName: item.name,
    siteNo: item.siteNo,
    siteName: item.siteName,
    salestrNo: '2037',
    itemImgUrl: image,
    reviewScore: item.rating === null ? '' : String(item.rating),
    itemUrl: isAdvert ? `${url}&advertBidId=bid-${index}` : url,
    finalPrice: grouped(item.price),
    strikeOutPrice: original,
    sellUnitPrice: grouped(Math.ceil(item.price / 7)),
    sellUnitCapacity: '100g',
    discountRate: item.discountRate === null ? '' : String(item.discountRate),
    reviewCount: grouped(item.reviewCount),
    itemDetailLink: url,
    reactingDetail: {
      unit_id: item.id,
      advert_yn: isAdvert ? 'Y' : 'N',
      unit_type: 'item',
      unit_inx: String(index),
      unit_text: [{ type: 'page', value: '1' }],
      mkt_info: {
        item_id: item.id,
        lwst_sellprc: item.price,
        usabl_inv_qty: item.isSoldOut ? 0 : 320,
        item_img_url: image,
      },
    },
    itemFeatureList: [{ type: '배송비', text: '무료배송' }],
    shippingCostInfo: [{ type: '배송비', text: '무료배송' }],
    priceInfo: {
      isVisiblePrice: true,
      discountRate: item.discountRate === null ? '' : `${item.discountRate}%`,
      primaryPrice: `${grouped(item.price)}원`,
      strikeOutPrice: original === '' ? '' : `${original}원`,
      additionalPrice: '',
      unitPriceDescription: `100g당 ${grouped(Math.ceil(item.price / 7))}원`,
    },
  }
}

/** What the search of one page answered, as Next.js leaves it in the page. */
export function searchState(
  query: string,
  results: CatalogueItem[],
  others: { adverts: CatalogueItem[]; recommended: CatalogueItem[] },
  paging: { total: number; page: number; hasNext: boolean },
) {
  const data = {
    hasNext: paging.hasNext,
    moreUrl: `/api/item/all?target=pc_item&unitInx=40&page=${paging.page + 1}`,
    areaList: [
      {
        tareaCd: 'ADVERT',
        unitType: 'ADVERT_UNIT',
        dataList: others.adverts.map((item, at) => stateItem(item, at, true)),
      },
      {
        tareaCd: 'SEARCH_RESULT',
        unitType: 'ITEM_UNIT_LIST',
        dataList: results.map((item, at) => stateItem(item, at)),
      },
      {
        tareaCd: 'RECOMMEND',
        unitType: 'RECOM_UNIT',
        dataList: others.recommended.map((item, at) => stateItem(item, at)),
      },
      { unitType: 'PAGING_UNIT', itemCount: paging.total },
    ],
  }
  const queries = [
    { queryKey: ['common', 'gnb'], state: { data: { menu: [] } } },
    { queryKey: ['search', 'fetchSearchItemListArea', { siteNo: '7018', query }], state: { data } },
    { queryKey: ['search', 'useTemplateFilterQuery'], state: { data: [{ filterType: 'brandFilter', unitList: [] }] } },
  ]
  return { props: { pageProps: { dehydratedState: { queries } } }, page: '/search', query: { query } }
}

/** Where a product's picture stands on the real shop. */
export function imageOf({ id }: CatalogueItem, size: number): string {
  const folders = [id.slice(-2), id.slice(-4, -2), id.slice(-6, -4)].join('/')
  return `https://sitem.ssgcdn.com/${folders}/item/${id}_i1_${size}.jpg`
}

// What contestants by hand make of the texts that they found: the same fields as the program's.

const amount = (text) => (text ? Number(text.replace(/[^\d]/g, '')) : null)
const numberOrNull = (text) => (text ? Number(text) : null)

/** @param texts of a card: id, name, brand, price, original, rate, reviews, isSoldOut, url, image */
export function productOfCard(texts) {
  const [rating, count] = texts.reviews
  return {
    id: texts.id,
    name: texts.name,
    brand: texts.brand || null,
    price: amount(texts.price),
    originalPrice: amount(texts.original),
    discountRate: amount(texts.rate),
    rating: numberOrNull(rating),
    reviewCount: amount(count),
    inStock: !texts.isSoldOut,
    url: texts.url,
    imageUrl: texts.image,
  }
}

/** Products in the JSON that Next.js leaves in the search page. */
export function productsInState(json) {
  const { queries } = JSON.parse(json).props.pageProps.dehydratedState
  const found = queries.find(({ queryKey }) => queryKey.includes('fetchSearchItemListArea'))
  const areas = found.state.data.areaList.filter(({ unitType }) => unitType === 'ITEM_UNIT_LIST')
  return areas.flatMap(({ dataList }) => dataList).map(productOfItem)
}

const productOfItem = (item) => ({
  id: item.itemId,
  name: item.itemName,
  brand: item.brandName || null,
  price: amount(item.finalPrice),
  originalPrice: amount(item.strikeOutPrice),
  discountRate: amount(item.discountRate),
  rating: numberOrNull(item.reviewScore),
  reviewCount: amount(item.reviewCount),
  inStock: item.soldOutMessage === '',
  url: item.itemUrl,
  imageUrl: item.itemImgUrl,
})

/** What one JSON-LD script of the web shop says: a product, or the paths of products. */
export function readLd(json, origin) {
  const value = JSON.parse(json)
  if (value['@type'] === 'ItemList') return { products: [], links: value.itemListElement.map(({ url }) => url) }
  const { offers, aggregateRating: grade } = value
  const product = {
    id: value.sku,
    name: value.name,
    brand: value.brand.name || null,
    price: offers.price,
    originalPrice: null,
    discountRate: null,
    rating: grade?.ratingValue ?? null,
    reviewCount: grade?.reviewCount ?? null,
    inStock: offers.availability.endsWith('/InStock'),
    url: new URL(value.url, origin).href,
    imageUrl: new URL(value.image, origin).href,
  }
  return { products: [product] }
}

import { Parser } from 'htmlparser2'
import { byHand } from './by-hand.mjs'
import { productOfCard, productsInState, readLd } from './fields.mjs'

/** undici and htmlparser2's stream of tags, by hand: no DOM. */
export const open = byHand({
  cards: (html) => ({ products: readCards(html) }),
  state: (html) => ({ products: productsInState(scriptText(html, ({ id }) => id === '__NEXT_DATA__')) }),
  web: (html, origin) =>
    readLd(
      scriptText(html, ({ type }) => type === 'application/ld+json'),
      origin,
    ),
})

function scriptText(html, fits) {
  let text = ''
  let isInside = false
  const parser = new Parser({
    onopentag(name, attributes) {
      isInside = name === 'script' && fits(attributes)
    },
    ontext(part) {
      if (isInside) text += part
    },
    onclosetag() {
      isInside = false
    },
  })
  parser.end(html)
  return text
}

/** The field that an element of a card holds, by its class. */
const FIELDS = [
  ['mnemitem_goods_tit', 'name'],
  ['mnemitem_goods_brand', 'brand'],
  ['mnemitem_prd_per', 'rate'],
  ['review_text', 'review'],
]

function readCards(html) {
  const products = []
  let depth = 0
  let card
  let cardDepth = 0
  let field
  let fieldDepth = 0
  let priceOf = 'price'

  const open = (name, attributes, classes) => {
    if (attributes['data-react-unit-id'] !== undefined) card.id = attributes['data-react-unit-id']
    if (name === 'a' && classes.includes('mnemitem_thmb_link')) card.url = attributes.href
    if (name === 'img' && classes.includes('mnemitem_thmb_img')) card.image = attributes.src
    if (classes.includes('mnemitem_soldout')) card.isSoldOut = true
    if (classes.includes('old_price')) priceOf = 'original'
    if (classes.includes('new_price')) priceOf = 'price'
    const found = classes.includes('ssg_price') ? priceOf : FIELDS.find(([kind]) => classes.includes(kind))?.[1]
    if (found === undefined) return
    field = found
    fieldDepth = depth
    if (field === 'review') card.reviews.push('')
  }
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1
      const classes = attributes.class ?? ''
      if (card) open(name, attributes, classes)
      else if (name === 'li' && classes.includes('mnemitem_grid_item')) {
        card = { name: '', brand: '', price: '', original: '', rate: '', reviews: [], isSoldOut: false }
        cardDepth = depth
      }
    },
    ontext(text) {
      if (field === 'review') card.reviews[card.reviews.length - 1] += text
      else if (field !== undefined) card[field] += text
    },
    onclosetag() {
      if (field !== undefined && depth === fieldDepth) field = undefined
      if (card && depth === cardDepth) {
        products.push(productOfCard(card))
        card = undefined
      }
      depth -= 1
    },
  })
  parser.end(html)
  return products
}

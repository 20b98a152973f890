import { productOfCard, productsInState, readLd } from './fields.mjs'

/** Readers of a page by cheerio's selectors, as its documentation shows them. `$` is the page. */
export const SELECTORS = {
  cards: ($) => ({
    products: $('#ty_thmb_view li.mnemitem_grid_item')
      .toArray()
      .map((element) => {
        const card = $(element)
        const text = (selector) => card.find(selector).first().text().trim()
        return productOfCard({
          id: card.find('[data-react-unit-id]').attr('data-react-unit-id'),
          name: text('.mnemitem_goods_tit'),
          brand: text('.mnemitem_goods_brand'),
          price: text('.new_price .ssg_price'),
          original: text('.old_price .ssg_price'),
          rate: text('.mnemitem_prd_per span:not(.blind)'),
          reviews: card
            .find('.mnemitem_review_score .review_text')
            .toArray()
            .map((review) => $(review).text()),
          isSoldOut: card.find('.mnemitem_soldout').length > 0,
          url: card.find('a.mnemitem_thmb_link').attr('href'),
          image: card.find('img.mnemitem_thmb_img').attr('src'),
        })
      }),
  }),
  state: ($) => ({ products: productsInState($('#__NEXT_DATA__').text()) }),
  web: ($, origin) => readLd($('script[type="application/ld+json"]').first().text(), origin),
}

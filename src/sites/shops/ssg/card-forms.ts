/** How one generation of SSG's product cards is written. Selectors are descendants of the card; commas mean "or". */
export interface CardForm {
  /** Shown in logs and results. */
  route: string
  /** Malls whose categories are written so today. */
  hosts: string[]
  /** Text of a page that has such cards. */
  marker: string
  /** The card itself. */
  card: string
  name: string
  brand: string
  /** The selling price. Never the first price of the card: that one is crossed out when it is reduced. */
  price: string
  original: string
  rate: string
  link: string
  image: string
  mall: string
  /** Rating, then count of reviews, where they are elements of their own. */
  review: string
  soldOut: string
}

/** The list itself, where a page marks it: above it stand carousels whose cards look the same. */
export const LIST_IDS = ['ty_thmb_view', 'area_itemlist']

/** Whether an opening tag begins the list. */
export const isList = (_name: string, attributes: Record<string, string>): boolean =>
  LIST_IDS.includes(attributes.id ?? '')

/** Emart's mall (2021–2026), Shinsegae's mall (about 2023), and the cards that all malls had before. */
export const CARD_FORMS: CardForm[] = [
  {
    route: 'emart cards',
    hosts: ['emart.ssg.com'],
    marker: 'mnemitem_grid_item',
    card: 'li.mnemitem_grid_item',
    name: '.mnemitem_goods_tit',
    brand: '.mnemitem_goods_brand',
    price: '.new_price .ssg_price',
    original: '.old_price .ssg_price',
    rate: '.mnemitem_prd_per span:not(.blind)',
    link: 'a.mnemitem_thmb_link, a.emitem_info',
    image: 'img.mnemitem_thmb_img',
    mall: '.cm_mall_ic .blind',
    review: '.mnemitem_review_score .review_text',
    soldOut: '.mnemitem_soldout',
  },
  {
    route: 'mall cards',
    hosts: ['shinsegaemall.ssg.com'],
    marker: 'mnsditem_goods',
    card: '.mnsditem_goods',
    name: '.mnsditem_goods_tit',
    brand: '.mnsditem_goods_brand',
    price: '.new_price em.ssg_price',
    original: '.old_price em.ssg_price',
    rate: '.mnsditem_prd_per span:not(.blind)',
    link: 'a.mnsditem_thmb_link, a.mnsditem_goods_link',
    image: 'img.i1',
    mall: '.cm_mall_ic .blind',
    review: '.mnsditem_review_score',
    soldOut: '.mnsditem_soldout',
  },
  {
    route: 'old cards',
    hosts: [],
    marker: 'cunit_',
    card: 'li.cunit_t232, li.cunit_t239, li[data-unittype="item"]',
    name: '.title a em.tx_ko',
    brand: '.cunit_info .brd em.tx_ko, .cunit_info .brand em.tx_ko',
    price: '.opt_price em.ssg_price',
    original: '.org_price .ssg_price, .old_price .ssg_price',
    rate: '.cunit_price .per',
    link: '.title a.clickable, .thmb a.clickable',
    image: '.cunit_prod .thmb img.i1',
    mall: '.cm_mall_ic span.blind',
    review: '.cunit_app .rate_tx',
    soldOut: '.cunit_soldout',
  },
]

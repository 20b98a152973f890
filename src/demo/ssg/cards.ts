import type { CatalogueItem } from '../catalogue.ts'
import { escapeHtml, grouped } from '../front.ts'
import { imageOf } from './state.ts'

const linkOf = (item: CatalogueItem): string =>
  escapeHtml(`https://emart.ssg.com/item/itemView.ssg?itemId=${item.id}&siteNo=${item.siteNo}&salestrNo=2037`)

/** The JSON that a card's cart button carries. */
function cartOf(item: CatalogueItem): string {
  const cart = {
    advertBidId: '',
    displayPrc: String(item.price),
    giftBtnActType: 'N',
    itemChrctDivCd: '10',
    itemNm: item.name,
    shppTypeCd: '10',
    shppTypeDtlCd: '11',
    dealItemYn: 'N',
    siteNo: item.siteNo,
    brandNm: item.brand,
    itemLnkd: `https://emart.ssg.com/item/itemView.ssg?itemId=${item.id}&amp;siteNo=${item.siteNo}&amp;salestrNo=2037`,
    itemId: item.id,
    uitemId: '00000',
    infloSiteNo: '7018',
    salestrNo: '2037',
  }
  return `<span class="disp_cart_data" data-cart-type="10" style="display:none">${escapeHtml(JSON.stringify(cart))}</span>`
}

/** A card of Emart's lists (2021–2026). */
export function emartCard(item: CatalogueItem, index: number): string {
  const old =
    item.originalPrice === null
      ? ''
      : `<div class="mnemitem_price_row ty_oldpr"><div class="old_price"><del><span class="blind">정상가격</span>
<em class="ssg_price">${grouped(item.originalPrice)}</em><span class="ssg_tx">원</span></del></div></div>`
  const rate =
    item.discountRate === null
      ? ''
      : `<div class="mnemitem_prd_per"><span class="blind">할인율</span><span>${item.discountRate}%</span></div>`
  const review =
    item.rating === null
      ? ''
      : `<span class="review_text">${item.rating}</span><span class="blind">상품평 개수</span>
<span class="review_text">(${grouped(item.reviewCount)})</span>`
  return `<li class="mnemitem_grid_item">
<div class="mnemitem_unit unit_list" data-react-advert-yn="N" data-react-unit-id="${item.id}" data-react-unit-inx="${index}" data-react-unit-price="${item.price}" data-react-unit-type="item" data-unittype="item">
<div class="mnemitem_thmb_v2"><a class="mnemitem_thmb_link clickable" data-info="${item.id}" data-position="view" href="${linkOf(item)}">
<div class="mnemitem_thmb_imgbx_v2"><img alt="${escapeHtml(item.name)}" class="mnemitem_thmb_img" height="290" loading="lazy" src="${imageOf(item, 290)}" srcset="${imageOf(item, 290)}, ${imageOf(item, 580)} 2x" width="290"/></div></a>
<button class="mnemitem_btn_basket clickable" data-info="${item.id}" data-position="cart" type="button"><i aria-hidden="true" class="icon icon_basket_emart"><span class="blind">장바구니 담기</span></i></button>
${cartOf(item)}${item.isSoldOut ? '<div class="mnemitem_soldout"><span>일시품절</span></div>' : ''}</div>
<div class="mnemitem_detail"><div class="mnemitem_taglist_delivery"><div class="mnemitem_tag_delivery"><span class="cm_ship_tx">주간배송</span></div></div>
<a class="emitem_info clickable" data-info="${item.id}" data-unit="img" href="${linkOf(item)}">
<div class="mnemitem_tit v2"><span class="mnemitem_goods_brand"><em>${escapeHtml(item.brand)}</em></span><span class="mnemitem_goods_tit">${escapeHtml(item.name)}</span></div>
<div class="mnemitem_pricewrap_v2">${old}<div class="mnemitem_price_row ty_newpr v2">${rate}
<div class="new_price priceInfo"><span class="blind">판매가격</span><em class="ssg_price priceInfo">${grouped(item.price)}원</em></div></div>
<div class="unit_price">100g 당 ${grouped(Math.ceil(item.price / 7))}원</div></div></a>
<div class="mnemitem_taglist_v2 v2"><span class="mnemitem_tag">4만↑무료배송</span><span class="mnemitem_tag">새벽배송 가능</span></div>
<div class="mnemitem_review_v2"><div class="mnemitem_review_info"><div class="mnemitem_review_score"><i aria-hidden="true" class="icon icon_star_fill_emart"></i><span class="blind">상품평점 5점 만점에</span>${review}</div></div></div>
</div></div></li>`
}

/** A card of Shinsegae's mall (about 2023). */
export function mallCard(item: CatalogueItem): string {
  const old =
    item.originalPrice === null
      ? ''
      : `<div class="mnsditem_price_row mnsditem_ty_oldpr"><div class="old_price"><del><em class="ssg_price">${grouped(item.originalPrice)}</em></del></div></div>`
  const rate =
    item.discountRate === null
      ? ''
      : `<div class="mnsditem_prd_per"><span class="blind">할인율</span><span>${item.discountRate}%</span></div>`
  return `<li class="mnsditem_grid"><div class="mnsditem_goods" data-react-unit-id="${item.id}">
<a class="mnsditem_thmb_link" href="${linkOf(item)}"><img class="i1" src="${imageOf(item, 290)}" alt=""></a>
<div class="mnsditem_goods_brand">${escapeHtml(item.brand)}</div><div class="mnsditem_goods_tit">${escapeHtml(item.name)}</div>
${old}<div class="mnsditem_price_row mnsditem_ty_newpr">${rate}<div class="new_price"><em class="ssg_price">${grouped(item.price)}</em><span class="ssg_tx">원</span></div></div>
<div class="mnsditem_review_score">${item.rating === null ? '' : `<span class="blind">상품평점</span>${item.rating}<span>(${grouped(item.reviewCount)})</span>`}</div>
${item.isSoldOut ? '<div class="mnsditem_soldout">품절</div>' : ''}</div></li>`
}

/** A card of the lists that all malls had before (2018–2023). */
export function oldCard(item: CatalogueItem): string {
  const old =
    item.originalPrice === null
      ? ''
      : `<div class="org_price"><del><em class="ssg_price">${grouped(item.originalPrice)}</em></del></div>`
  return `<li class="cunit_t232" data-react-unit-id="${item.id}" data-unittype="item"><div class="cunit_prod"><div class="thmb">
<a class="clickable" data-info="${item.id}" href="/item/itemView.ssg?itemId=${item.id}&amp;siteNo=${item.siteNo}"><img class="i1" src="${imageOf(item, 232)}" alt=""></a>
${item.isSoldOut ? '<div class="cunit_soldout">품절</div>' : ''}</div></div>
<div class="cunit_info"><div class="cm_mall_ic"><i><span class="blind">${escapeHtml(item.siteName)}</span></i></div>
<div class="cunit_md"><strong class="brd"><em class="tx_ko">${escapeHtml(item.brand)}</em></strong><div class="title"><a class="clickable" href="/item/itemView.ssg?itemId=${item.id}&amp;siteNo=${item.siteNo}"><em class="tx_ko">${escapeHtml(item.name)}</em></a></div></div>
<div class="cunit_price">${old}<div class="opt_price"><em class="ssg_price">${grouped(item.price)}</em><span class="ssg_tx">원</span></div></div>
<div class="cunit_app">${item.rating === null ? '' : `<div class="rate_tx"><em>${item.rating}</em> (${grouped(item.reviewCount)})</div>`}</div></div></li>`
}

import { describe, expect, test } from 'vitest'
import { currencyOf, localCurrency, minorDigits } from '../../src/sites/extract/currency.ts'
import { discountRateOf, type PriceHint, ratingOfFive, readCount, readPrice } from '../../src/sites/extract/price.ts'

const PRICES: [text: unknown, amount: number, currency: string | null, hint?: PriceHint][] = [
  ['1,299,000원', 1299000, 'KRW'],
  ['₩1,299,000', 1299000, 'KRW'],
  ['￦１，２９９，０００', 1299000, 'KRW'],
  ['1,299,000 won', 1299000, 'KRW'],
  ['KRW 1,299,000', 1299000, 'KRW'],
  ['12만 9,000원', 129000, 'KRW'],
  ['12만9천원', 129000, 'KRW'],
  ['3만원', 30000, 'KRW'],
  ['1.5만원', 15000, 'KRW'],
  ['1억 2,000만원', 120000000, 'KRW'],
  ['판매가 53,910원', 53910, 'KRW'],
  ['20% 15,900원', 15900, 'KRW'],
  ['10,000원 ~ 20,000원', 10000, 'KRW'],
  ['10,000~20,000원', 10000, 'KRW'],
  ['29,900원부터', 29900, 'KRW'],
  ['2,784', 2784, null],
  ['2,784', 2784, 'KRW', { currency: 'KRW' }],
  ['1.299,00 €', 1299, 'EUR'],
  ['1.299 €', 1299, 'EUR'],
  ['€ 12,50', 12.5, 'EUR'],
  ['12.50€', 12.5, 'EUR'],
  ['ab 19,99 EUR', 19.99, 'EUR'],
  ['EUR 1.299,00', 1299, 'EUR'],
  ['1.299,- €', 1299, 'EUR'],
  ['1 299,00 €', 1299, 'EUR'],
  ['1\u202f299,00\u00a0€', 1299, 'EUR'],
  ['19⁹⁹ €', 19.99, 'EUR'],
  ['5 - 10 €', 5, 'EUR'],
  ["1'299.00 CHF", 1299, 'CHF'],
  ['CHF 1’299.–', 1299, 'CHF'],
  ['Fr. 12.90', 12.9, 'CHF'],
  ['$2,449', 2449, 'USD'],
  ['$2,449.00', 2449, 'USD'],
  ['US$ 19.99', 19.99, 'USD'],
  ['from $10', 10, 'USD'],
  ['Was $20.00 Now $10.00', 10, 'USD'],
  ['$5 – $10', 5, 'USD'],
  ['USD 2,449.50', 2449.5, 'USD'],
  ['19.9900', 19.99, 'USD', { currency: 'USD' }],
  ['$ 2.449', 2449, 'ARS', { currency: 'ARS' }],
  ['$ 1.299.000', 1299000, 'COP', { local: 'COP' }],
  ['2.449', 2449, null],
  ['2.449', 2449, 'EUR', { currency: '€' }],
  ['0.449', 0.449, null],
  ['1299.000', 1299, null],
  [2.449, 2.449, 'USD', { currency: 'USD' }],
  ['KWD 1.250', 1.25, 'KWD'],
  ['KWD 1,250.000', 1250, 'KWD'],
  ['A$1,299', 1299, 'AUD'],
  ['CA$ 12.00', 12, 'CAD'],
  ['$12.00', 12, 'CAD', { local: 'CAD' }],
  ['NT$1,290', 1290, 'TWD'],
  ['HK$99', 99, 'HKD'],
  ['S$ 9.90', 9.9, 'SGD'],
  ['R$ 1.299,90', 1299.9, 'BRL'],
  ['¥1,980', 1980, 'JPY'],
  ['￥1,980', 1980, 'JPY'],
  ['1,980円', 1980, 'JPY'],
  ['¥99.00', 99, 'CNY', { local: 'CNY' }],
  ['1.2万円', 12000, 'JPY'],
  ['99元', 99, 'CNY'],
  ['1 299 kr', 1299, 'SEK'],
  ['199:-', 199, null],
  ['kr 1.299,00', 1299, 'DKK', { local: 'DKK' }],
  ['1 299,– kr', 1299, 'NOK', { currency: 'NOK' }],
  ['£515', 515, 'GBP'],
  ['997 zł', 997, 'PLN'],
  ['1 299,00 zł', 1299, 'PLN'],
  ['1 299 Kč', 1299, 'CZK'],
  ['12 990 Ft', 12990, 'HUF'],
  ['173,34 Lei', 173.34, 'RON'],
  ['12,90 лв.', 12.9, 'BGN'],
  ['1 299 ₽', 1299, 'RUB'],
  ['1 299 руб.', 1299, 'RUB'],
  ['502,20 р.', 502.2, 'BYN', { local: 'BYN' }],
  ['1 299 грн', 1299, 'UAH'],
  ['1.299,00 TL', 1299, 'TRY'],
  ['₹1,29,900', 129900, 'INR'],
  ['Rs. 1,29,900.00', 129900, 'INR'],
  ['฿1,290', 1290, 'THB'],
  ['1.299.000 ₫', 1299000, 'VND'],
  ['Rp 1.299.000', 1299000, 'IDR'],
  ['RM12.90', 12.9, 'MYR'],
  ['₱1,299.00', 1299, 'PHP'],
  ['₪ 129.90', 129.9, 'ILS'],
  ['S/ 129.90', 129.9, 'PEN'],
  ['R 1 299.00', 1299, 'ZAR'],
  ['126 ر.س', 126, 'SAR'],
  ['١٬٢٩٩٫٥٠ د.إ', 1299.5, 'AED'],
  ['1.299.00', 1299, null],
  ['0원', 0, 'KRW'],
]

describe('prices', () => {
  test.each(PRICES)('%s is %d %s', (text, amount, currency, hint) => {
    expect(readPrice(text, hint)).toEqual({ amount, currency })
  })

  test.each([
    ['', 'free', '무료', '품절', 'call us', '50%', '-10,000원', '−$5', null, undefined, {}, [], true, Number.NaN],
    [Number.POSITIVE_INFINITY, -1, '99999999999999999999', '원', '$', 'EUR'],
  ])('what is no price is null', (...values) => {
    for (const value of values) expect(readPrice(value)).toBeNull()
  })

  test('a number with a currency is preferred to one without', () => {
    expect(readPrice('3 for 1 299 kr')).toEqual({ amount: 1299, currency: 'SEK' })
    expect(readPrice('256 GB, 99 €')).toEqual({ amount: 99, currency: 'EUR' })
  })

  test('a very long text takes no longer than its first characters', () => {
    const started = performance.now()
    for (const text of ['1,'.repeat(200_000), '1 '.repeat(200_000), '- '.repeat(200_000), '9'.repeat(400_000)])
      readPrice(text)
    expect(performance.now() - started).toBeLessThan(2_500)
  })
})

describe('currencies', () => {
  test('a mark with several meanings takes the local one', () => {
    expect(currencyOf('kr')).toBe('SEK')
    expect(currencyOf('kr', localCurrency('butikk.example.no'))).toBe('NOK')
    expect(currencyOf('$', localCurrency('shop.example.com.au'))).toBe('AUD')
    expect(currencyOf('$', 'KRW')).toBe('USD')
  })

  test('what is no currency is null', () => {
    for (const text of ['', 'abc', 'constructor', '__proto__', '12']) expect(currencyOf(text)).toBeNull()
    expect(localCurrency('shop.example.com')).toBeNull()
  })

  test('decimals follow ISO 4217', () => {
    expect(['KRW', 'USD', 'KWD', 'XYZ', null].map(minorDigits)).toEqual([0, 2, 3, 2, 2])
  })
})

describe('rates, grades, counts', () => {
  test('a discount is whole percent, and only where something is reduced', () => {
    expect(discountRateOf(59_900, 53_910)).toBe(10)
    expect(discountRateOf(3_480, 2_784)).toBe(20)
    expect(discountRateOf(28_900, 25_910)).toBe(10)
    expect(discountRateOf(100, 100)).toBeNull()
    expect(discountRateOf(100, 120)).toBeNull()
    expect(discountRateOf(null, 1)).toBeNull()
    expect(discountRateOf(100, 0)).toBe(100)
  })

  test('a grade is brought to a scale of 5', () => {
    expect(ratingOfFive('4.588', '5')).toBe(4.59)
    expect(ratingOfFive(9, 10)).toBe(4.5)
    expect(ratingOfFive('92', '100')).toBe(4.6)
    expect(ratingOfFive('4,5')).toBe(4.5)
    expect(ratingOfFive('4.5/5')).toBe(4.5)
    expect(ratingOfFive('8/10')).toBe(4)
    expect(ratingOfFive('80%')).toBe(4)
    expect(ratingOfFive('별점 4.7점')).toBe(4.7)
    expect(ratingOfFive(1721)).toBeNull()
    expect(ratingOfFive('none')).toBeNull()
    expect(ratingOfFive(-1)).toBeNull()
    expect(ratingOfFive(4, 0)).toBeNull()
  })

  test('counts are whole numbers', () => {
    expect(['65,942', '(218)', '143건', 89, '1.2만', '0'].map(readCount)).toEqual([65942, 218, 143, 89, 12000, 0])
    expect([null, '', 'none', -1, Number.NaN].map(readCount)).toEqual([null, null, null, null, null])
  })
})

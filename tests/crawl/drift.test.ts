import { describe, expect, test } from 'vitest'
import { fallenIn, floorsOf, learned, memoryName, type Usual } from '../../src/crawl/drift.ts'
import { createDriftWatch } from '../../src/crawl/drift-watch.ts'
import { DRIFT_JOBS, DRIFT_PRODUCTS } from '../../src/crawl/limits.ts'
import type { ParsedPage } from '../../src/crawl/parse.ts'
import ssg from '../../src/sites/shops/ssg.ts'
import web from '../../src/sites/shops/web.ts'
import { parse } from '../support/parsing.ts'
import { replicaPage } from '../support/replica-page.ts'

const coverage = (price: number, brand: number) => ({ products: 100, price, brand })
const learnedFrom = (...jobs: [price: number, brand: number][]): Usual =>
  jobs.reduce<Usual | undefined>((usual, [price, brand]) => learned(usual, coverage(price, brand)), undefined)!

describe('the memory of a route', () => {
  test('is the mean of the first jobs, and then follows the newest slowly', () => {
    expect(learnedFrom([100, 40], [90, 60]).shares).toMatchObject({ price: 0.95, brand: 0.5, seller: 0 })
    const many = learnedFrom(...Array.from({ length: 50 }, (): [number, number] => [100, 0]))
    expect(learned(many, coverage(100, 100))).toMatchObject({ jobs: 51, shares: { price: 1, brand: 0.2 } })
  })

  test('has no floors before enough jobs, and then only for what nearly all products have', () => {
    const jobs = Array.from({ length: DRIFT_JOBS }, (): [number, number] => [90, 79])
    expect(floorsOf(undefined)).toEqual({})
    expect(floorsOf(learnedFrom(...jobs.slice(1)))).toEqual({})
    const floors = floorsOf(learnedFrom(...jobs))
    expect(Object.keys(floors)).toEqual(['price'])
    expect(fallenIn(floors, coverage(44, 0))).toEqual(['price'])
    expect(fallenIn(floors, coverage(46, 0))).toEqual([])
    expect(fallenIn(floors, { products: 0 })).toEqual([])
  })

  test('is kept by shop; for addresses of any shop by their host', () => {
    expect(memoryName(ssg, 'https://www.ssg.com/x')).toBe('ssg')
    expect(memoryName(web, 'https://shop.example.com/a')).toBe('web shop.example.com')
    expect(memoryName(web, 'https://other.example.com/a')).not.toBe(memoryName(web, 'https://shop.example.com/a'))
  })
})

describe('a page that shows a fall', () => {
  const url = 'https://www.ssg.com/search.ssg?query=노트북&page=1'
  const floors = { 'embedded state': { price: 0.5 } }
  const usual = { 'embedded state': learnedFrom([100, 100], [100, 100], [100, 100]) }
  const whole = replicaPage(url)
  const bare = whole.replace(/"(finalPrice|primaryPrice)":"[^"]*"/g, '"$1":""').replace(/"lwst_sellprc":\d+/g, '"x":1')

  test('comes back with its text, a page as usual without', () => {
    expect(parse(ssg, bare, { url, floors })).toMatchObject({ lacks: ['price'], evidence: bare })
    expect(parse(ssg, bare, { url })).not.toHaveProperty('evidence')
    expect(parse(ssg, whole, { url, floors })).not.toHaveProperty('evidence')
    expect(parse(ssg, bare, { url, floors: { 'emart cards': { price: 0.5 } } })).not.toHaveProperty('evidence')
  })

  test('is kept once a route, when the job itself has fallen', () => {
    const { products } = parse(ssg, bare, { url, floors })
    const page = (more: Partial<ParsedPage> = {}) =>
      ({
        route: 'embedded state',
        products: products.slice(0, DRIFT_PRODUCTS),
        lacks: ['price'],
        ...more,
      }) as ParsedPage
    const watch = createDriftWatch(usual, {})
    expect(watch.isEvidence(page({ products: products.slice(0, DRIFT_PRODUCTS - 1) }))).toBe(false) // too few yet
    expect(watch.isEvidence(page({ lacks: undefined }))).toBe(false)
    expect(watch.isEvidence(page({ route: 'emart cards' }))).toBe(false)
    expect(watch.floors()).toHaveProperty('embedded state.price')
    expect(watch.isEvidence(page())).toBe(true)
    expect(watch.isEvidence(page())).toBe(false)
    expect(watch.floors()).toEqual({})
  })

  test('is not kept while the rest of the job is as usual, counting what was stored before', () => {
    const { products } = parse(ssg, bare, { url, floors })
    const page = { route: 'embedded state', products, lacks: ['price'] } as unknown as ParsedPage
    const filled = { 'embedded state': { ...coverage(100, 100), currency: 100, name: 100, id: 100, url: 100 } }
    expect(createDriftWatch(usual, filled).isEvidence(page)).toBe(false)
  })
})

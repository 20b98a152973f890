import { describe, expect, test } from 'vitest'
import { parse as parseLine } from '../../src/commands/grammar.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { loadSites } from '../../src/sites/registry.ts'
import { openHouse } from '../commands/house.ts'
import { capturedPages, expectedOf, shopsWithPages } from '../support/captured-pages.ts'
import { askFor, parse } from '../support/parsing.ts'

const sites = await loadSites({ origins: {} })
const shops = sites.all()
const own = shops.filter(({ hosts }) => hosts.length > 0)

test('every folder of captured pages belongs to a shop', () => {
  expect(shopsWithPages().sort()).toEqual(shops.map(({ name }) => name).sort())
})

describe.each(shops)('$name', (site) => {
  test('has captured pages whose expected products a person has checked', () => {
    const { checked, pages } = expectedOf(site.name)
    expect(checked, `compare tests/sites/pages/${site.name} with its expected.json, then set "checked": true`).toBe(
      true,
    )
    expect(pages.length).toBeGreaterThan(0)
    for (const { file, products } of pages) expect(products.length, file).toBeGreaterThan(0)
  })

  test('reads them, the fast road like the slow one', () => {
    for (const { file, body, input, products } of capturedPages(site.name)) {
      const read = parse(site, body, input)
      expect(read.products, file).toEqual(products)
      expect(read, file).toMatchObject({ verdict: 'products', routeRank: 0 })
      expect(read.differs, file).toBeUndefined()
    }
  })

  test('has a name, labels in both languages, and routes with names of their own', () => {
    expect(site.name).toMatch(/^[a-z][a-z0-9]*$/) // it stands in SITE_<NAME>_URL
    for (const label of [site.label.ko, site.label.en]) expect(label.trim()).not.toBe('')
    for (const alias of site.aliases) expect(alias).toBe(alias.trim().toLowerCase())
    const names = site.routes.map(({ name }) => name)
    expect(names.length).toBeGreaterThan(0)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name.trim()).not.toBe('')
  })

  test('gives an example that is read as a crawl of it', () => {
    const { command, values } = parseLine(site.example, COMMANDS, { sites, maxProducts: 100 }, {})
    expect(command.name).toBe('crawl')
    const { site: meant, url } = values as { site: typeof site | null; url: string | null }
    expect(url === null ? meant?.name : sites.siteOf(new URL(url)).name).toBe(site.name)
  })

  test('starts at addresses of its own', () => {
    const first = site.hosts.length > 0 ? site.start(askFor()) : site.start(askFor({ url: `${site.origin}/list` }))
    expect(first.length).toBeGreaterThan(0)
    for (const { url } of first) expect(sites.siteOf(new URL(url)).name, url).toBe(site.name)
  })
})

describe.each(own)('$name', (site) => {
  test('is found by its hosts and their look-alikes are not', () => {
    expect(sites.siteOf(new URL(site.origin)).name).toBe(site.name)
    for (const host of site.hosts) {
      const name = host.startsWith('.') ? `a${host}` : host
      expect(sites.siteOf(new URL(`https://${name}/`)).name, host).toBe(site.name)
      expect(sites.siteOf(new URL(`https://${name}.elsewhere.test/`)).name, host).toBe('web')
    }
  })

  test('starts at an address of its own that a person gives', () => {
    const given = expectedOf(site.name).pages[0]!.url
    for (const { url } of site.start(askFor({ url: given }))) {
      expect(sites.siteOf(new URL(url)).name, url).toBe(site.name)
    }
  })
})

test('sites lists every shop, and help an example that works', async () => {
  const house = await openHouse({ parts: { sites } })
  try {
    const listed = JSON.stringify(await house.send('sites'))
    for (const { name, label } of own) {
      expect(listed).toContain(name)
      expect(listed).toContain(label.ko)
    }
    const help = JSON.stringify(await house.send('help'))
    expect(own.some(({ example }) => help.includes(example))).toBe(true)
  } finally {
    await house.close()
  }
})

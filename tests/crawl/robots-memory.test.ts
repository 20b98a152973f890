import { describe, expect, test } from 'vitest'
import { type RobotsEntry, readRobotsFile } from '../../src/crawl/robots-file.ts'
import { createRobotsMemory, type RobotsMemory } from '../../src/crawl/robots-memory.ts'

/** A file that takes between 10,000 and 11,000 characters. */
const large = (): RobotsEntry => ({
  kind: 'read',
  file: readRobotsFile(`User-agent: *\nDisallow: /${'x'.repeat(10_000)}`, 'shopcrawl'),
})
const FORBIDDEN: RobotsEntry = { kind: 'forbidden' }
const known = (memory: RobotsMemory, names: string[]) => names.filter((name) => memory.get(name, 0) !== undefined)

describe('robots.txt files in memory', () => {
  test('take no more characters than the bound: the ones longest unused go', () => {
    const memory = createRobotsMemory({ entries: 100, size: 35_000 })
    for (const name of ['a', 'b', 'c']) memory.keep(name, large(), 1)
    expect(memory.get('a', 0)).toBeDefined()
    memory.keep('d', large(), 1)
    expect(known(memory, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
  })
  test('are no more than the bound', () => {
    const memory = createRobotsMemory({ entries: 2, size: 35_000 })
    for (const name of ['a', 'b', 'c']) memory.keep(name, FORBIDDEN, 1)
    expect(known(memory, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  })
  test('the newest stays though it alone is beyond the bound: it is not read anew for every request', () => {
    const memory = createRobotsMemory({ entries: 100, size: 5_000 })
    memory.keep('a', FORBIDDEN, 1)
    memory.keep('b', large(), 1)
    expect(known(memory, ['a', 'b'])).toEqual(['b'])
  })
  test('one that is replaced counts once', () => {
    const memory = createRobotsMemory({ entries: 100, size: 35_000 })
    for (const name of ['a', 'b', 'b', 'b', 'c']) memory.keep(name, large(), 1)
    expect(known(memory, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c'])
  })
  test('are unknown from their time on', () => {
    const memory = createRobotsMemory({ entries: 100, size: 35_000 })
    memory.keep('a', FORBIDDEN, 1)
    expect(memory.get('a', 0)).toBe(FORBIDDEN)
    expect(memory.get('a', 1)).toBeUndefined()
  })
})

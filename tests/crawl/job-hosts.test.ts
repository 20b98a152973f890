import { describe, expect, test } from 'vitest'
import { createJobHosts } from '../../src/crawl/job-hosts.ts'
import { HOSTS_PER_JOB } from '../../src/crawl/limits.ts'

describe('the hosts of a job', () => {
  test('go on where they stood after a restart, and redirects leave links their room', () => {
    const origins = Array.from({ length: HOSTS_PER_JOB - 1 }, (_, index) => `https://h${index}.shop.test`)
    const hosts = createJobHosts(origins)
    for (let more = 0; more < HOSTS_PER_JOB; more += 1) {
      expect(hosts.admitsRedirect(new URL(`https://r${more}.shop.test/`))).toBe(true)
    }
    expect(hosts.admitsRedirect(new URL('https://r99.shop.test/'))).toBe(false)
    expect(hosts.admitsLink('https://h3.shop.test/a')).toBe(true)
    expect(hosts.admitsLink('https://new.shop.test/a')).toBe(true)
    expect(hosts.admitsLink('https://newer.shop.test/a')).toBe(false)
    expect(hosts.admitsRedirect(new URL('https://new.shop.test/b'))).toBe(true)
  })
})

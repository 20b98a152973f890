import { expect, test } from 'vitest'
import { causeIn } from '../../src/messages/cause.ts'
import { LOCALES } from '../../src/messages/locale.ts'
import { say } from '../../src/messages/say.ts'

test('codes of the system, of TLS and of the client are told in words; a text stands as it is', () => {
  for (const locale of LOCALES) {
    for (const code of [
      'ENOENT',
      'EACCES',
      'SQLITE_READONLY',
      'ECONNRESET',
      'UND_ERR_SOCKET',
      'CERT_HAS_EXPIRED',
      'EODD',
      '',
    ])
      expect(causeIn(locale, code)).not.toMatch(/[A-Z]{3}|^$/)
    expect(causeIn(locale, 'no pg_hba.conf entry')).toBe('no pg_hba.conf entry')
  }
  expect(say('en', 'out.unwritable', { path: '/x.csv', cause: 'EACCES' })).toContain('/x.csv (no permission)')
  expect(say('ko', 'page.network', { host: 'a.kr', cause: 'ECONNREFUSED', proxyHint: false })).not.toContain('ECONN')
})

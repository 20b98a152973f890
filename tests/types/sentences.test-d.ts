// Checked by `tsc --noEmit`: every line below that should not compile says so.

import type { Waiting } from '../../src/crawl/store.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { JobState } from '../../src/jobs/states.ts'
import { en } from '../../src/messages/en.ts'
import { say } from '../../src/messages/say.ts'
import type { Catalogue, SentenceKey } from '../../src/messages/sentences.ts'
import type { ProductField } from '../../src/sites/product.ts'

const { 'job.active': _left, ...lacking } = en
// @ts-expect-error a language that lacks one sentence does not compile
export const incomplete: Catalogue = lacking

// @ts-expect-error a key that no language has
say('ko', 'no.such.key', {})
// @ts-expect-error a sentence without the facts that it needs
say('ko', 'args.limit', { given: '0' })
// @ts-expect-error a sentence that needs facts, said without any
say('ko', 'args.limit')
// @ts-expect-error a language that is none
say('fr', 'help.title')
say('en', 'help.title')

/** Every code, state, column and wait has its sentence. */
export const covered: SentenceKey[] = [] as (
  | ErrorCode
  | `state.${JobState}`
  | `field.${ProductField}`
  | `waiting.${Waiting['for']}`
)[]

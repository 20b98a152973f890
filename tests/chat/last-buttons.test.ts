import { expect, test } from 'vitest'
import { type ButtonStore, createLastButtons, rememberingButtons } from '../../src/chat/last-buttons.ts'
import type { Button, Message } from '../../src/chat/message.ts'
import type { Platform } from '../../src/chat/platform.ts'
import type { Thread } from '../../src/jobs/job.ts'

const button = (command: string): Button => ({ label: command, style: 'normal', command })
const minji = { platform: 'slack', externalId: 'U1' }
const thread: Thread = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '1', root: '1' }
const send = { key: 'k', isUncertain: false, signal: new AbortController().signal }

/** A store that lives in a Map; db/stores/last-buttons.ts is tried by tests/stores/exercise-buttons.ts. */
function createStore(): ButtonStore {
  const kept = new Map<string, string[]>()
  return {
    keep: async ({ platform, externalId }, commands) => void kept.set(`${platform} ${externalId}`, [...commands]),
    commands: async ({ platform, externalId }) => kept.get(`${platform} ${externalId}`) ?? [],
  }
}

test('a message without buttons leaves the last ones in place', async () => {
  const seen = createLastButtons(createStore())
  await seen.show(minji, [button('a')])
  await seen.show(minji, [])
  await seen.show(minji, undefined)
  expect(await seen.of(minji)).toEqual(['a'])
  expect(await seen.of({ ...minji, platform: 'discord' })).toEqual([])
})

test('a store that is away keeps no message from being shown', async () => {
  const away = () => Promise.reject(new Error('away'))
  await createLastButtons({ keep: away, commands: away }).show(minji, [button('a')])
})

test('a job’s last word is remembered for the person it pings, once it was posted', async () => {
  const seen = createLastButtons(createStore())
  let isAway = true
  const posted: Message[] = []
  const platform = {
    name: 'slack',
    post: async (_thread: Thread, message: Message) => {
      if (isAway) throw new Error('away')
      posted.push(message)
      return 'm1'
    },
  } as unknown as Platform
  const remembering = rememberingButtons(platform, seen)
  const word: Message = { lines: ['끝'], mention: { externalId: 'U1' }, buttons: [button('again x')] }
  await expect(remembering.post(thread, word, send)).rejects.toThrow('away')
  expect(await seen.of(minji)).toEqual([])
  isAway = false
  expect(await remembering.post(thread, word, send)).toBe('m1')
  await remembering.post(thread, { lines: ['진행'], buttons: [button('cancel x')] }, send)
  expect(await seen.of(minji)).toEqual(['again x'])
  expect(posted).toHaveLength(2)
})

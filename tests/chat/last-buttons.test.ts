import { expect, test } from 'vitest'
import { createLastButtons, rememberingButtons } from '../../src/chat/last-buttons.ts'
import type { Button, Message } from '../../src/chat/message.ts'
import type { Platform } from '../../src/chat/platform.ts'
import type { Thread } from '../../src/jobs/job.ts'

const button = (command: string): Button => ({ label: command, style: 'normal', command })
const minji = { platform: 'slack', externalId: 'U1' }
const thread: Thread = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '1', root: '1' }
const send = { key: 'k', isUncertain: false, signal: new AbortController().signal }

test('a message without buttons leaves the last ones in place', () => {
  const seen = createLastButtons()
  seen.show(minji, [button('a')])
  seen.show(minji, [])
  seen.show(minji, undefined)
  expect(seen.of(minji)).toEqual([button('a')])
  expect(seen.of({ ...minji, platform: 'discord' })).toEqual([])
})

test('of ten thousand people the longest silent is forgotten first', () => {
  const seen = createLastButtons()
  for (let at = 0; at < 10_000; at += 1) seen.show({ platform: 'slack', externalId: `U${at}` }, [button('a')])
  seen.show({ platform: 'slack', externalId: 'U0' }, [button('b')])
  seen.show({ platform: 'slack', externalId: 'new' }, [button('c')])
  expect(seen.of({ platform: 'slack', externalId: 'U0' })).toEqual([button('b')])
  expect(seen.of({ platform: 'slack', externalId: 'U1' })).toEqual([])
})

test('a job’s last word is remembered for the person it pings, once it was posted', async () => {
  const seen = createLastButtons()
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
  expect(seen.of(minji)).toEqual([])
  isAway = false
  expect(await remembering.post(thread, word, send)).toBe('m1')
  await remembering.post(thread, { lines: ['진행'], buttons: [button('cancel x')] }, send)
  expect(seen.of(minji)).toEqual([button('again x')])
  expect(posted).toHaveLength(2)
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Platform } from '../../src/chat/platform.ts'
import type { Dispatch } from '../../src/commands/command.ts'
import type { House } from '../../src/main.ts'
import type { AccountKey } from '../../src/users/user.ts'
import { waitFor } from '../support/cli.ts'
import { createHold, pageOf } from '../support/held-shop.ts'
import { openTestHouse, type TestHouse } from '../support/house.ts'
import { until } from '../support/until.ts'

/** What a job's thread holds, as a person who reads it sees it. Texts are in Korean. */
export interface ThreadRecord {
  /** The root message's text as it was posted. */
  root: string
  /** The progress message: as posted, then as it stood after each edit. */
  progress: string[]
  /** Messages that ping somebody: the last word. */
  words: { text: string; buttons: string[] }[]
  files: { name: string; bytes: Buffer }[]
}

/** One chat service with its test server or terminal, driven as people drive it. */
export interface PlatformRig {
  platform: Platform
  /** The identity by which the platform knows this person. */
  account(person: string): AccountKey
  /** Begins to hand what people say to the dispatch. */
  start(dispatch: Dispatch, house: House): Promise<void>
  /** Sends a command line as this person. @returns the answer that they alone see */
  say(person: string, line: string): Promise<string>
  /** Presses the newest button with this label that the person sees. @returns as say() */
  press(person: string, label: string): Promise<string>
  /** The threads of a person's jobs, oldest first. */
  threads(person: string): Promise<ThreadRecord[]>
  stop(): Promise<void>
}

/** The promises that every chat platform keeps, from a typed command to the file in the thread. */
export function exercisePlatform(name: string, openRig: () => Promise<PlatformRig>): void {
  describe(`on ${name}`, () => {
    let rig: PlatformRig
    let it: TestHouse

    beforeEach(async () => {
      rig = await openRig()
      it = await openTestHouse({
        platforms: [rig.platform],
        replica: { products: 3_000 },
      })
      await rig.start(it.house.dispatch, it.house)
    })
    afterEach(async () => {
      await rig.stop()
      await it.close()
    })

    const thread = async (person: string, at = 0): Promise<ThreadRecord | undefined> => (await rig.threads(person))[at]
    const lastWord = (person: string, at = 0) =>
      until(async () => ((await thread(person, at))?.words.length ?? 0) > 0, `the last word for ${person}`)
    const begun = (person: string) =>
      until(async () => {
        const known = await it.house.store.users.find(rig.account(person))
        const job = known && (await it.house.jobs.active(known.user.id))
        return (job?.products ?? 0) > 0 && ((await thread(person))?.progress.length ?? 0) > 0
      }, `progress for ${person}`)
    /** From here on no job of more than two pages ends before the test lets go. */
    const hold = () => {
      const held = createHold()
      it.shop.options.trouble = held.from(3)
      return held
    }
    const filed = (person: string, at = 0) =>
      until(async () => ((await thread(person, at))?.files.length ?? 0) > 0, `the file for ${person}`)
    const ended = (person: string, at = 0) =>
      until(async () => /완료|취소|실패/.test((await thread(person, at))?.progress.at(-1) ?? ''), 'the final edit')

    test('a command becomes a thread: root, progress edited in place, one last word, the whole file', async () => {
      it.shop.options.trouble = async (call) => {
        const shown = Math.min(pageOf(call) - 1, 3) // each page once the one before it can be seen: three edits at least
        await waitFor(
          async () => ((await thread('minji'))?.progress.length ?? 0) >= shown,
          'the page before to be shown',
        )
        return null
      }
      const answer = await rig.say('minji', 'ssg 노트북 --limit 400 --format jsonl')
      expect(answer).toContain('노트북')
      await lastWord('minji')
      await ended('minji')
      await filed('minji')
      const { root, progress, words, files } = (await thread('minji'))!
      expect(root).toContain('minji')
      expect(root).toContain('노트북')
      expect(progress.length).toBeGreaterThanOrEqual(4) // the post and three edits
      expect(progress.at(-1)).toContain('400')
      expect(words).toHaveLength(1)
      expect(words[0]!.text).toContain('400개를 모았습니다')
      expect(files).toHaveLength(1)
      expect(files[0]!.name).toMatch(/\.jsonl$/)
      const rows = files[0]!.bytes.toString('utf8').trimEnd().split('\n')
      expect(new Set(rows.map((row) => JSON.parse(row).id)).size).toBe(400)
    })

    test('a second command is refused to the person alone, and the thread goes on', async () => {
      const held = hold()
      await rig.say('minji', 'ssg 노트북 --limit 400 --format csv')
      await begun('minji')
      expect(await rig.say('minji', 'ssg 모니터')).toContain('이미')
      held.letGo()
      await lastWord('minji')
      expect(await rig.threads('minji')).toHaveLength(1)
    })

    test('cancel ends the job with its last word and what was found so far', async () => {
      hold()
      await rig.say('minji', 'ssg 노트북 --limit 800 --format csv')
      await begun('minji')
      expect(await rig.say('minji', 'cancel')).toContain('취소')
      await lastWord('minji')
      await ended('minji')
      await filed('minji')
      const { words, files, progress } = (await thread('minji'))!
      expect(words[0]!.text).toContain('취소')
      expect(progress.at(-1)).toContain('취소')
      expect(files).toHaveLength(1)
      expect(files[0]!.name).toContain('일부')
    })

    test('two people have their own threads, and one cannot end the other’s', async () => {
      const held = hold()
      await rig.say('minji', 'ssg 노트북 --limit 400 --format csv')
      await rig.say('jun', 'ssg 노트북 --limit 160 --format csv')
      await begun('minji')
      const { user } = await it.house.store.users.resolve(rig.account('minji'), 'minji')
      const job = (await it.house.jobs.active(user.id))!
      expect(await rig.say('jun', `cancel ${job.id}`)).not.toContain('취소했습니다')
      held.letGo()
      await Promise.all([lastWord('minji'), lastWord('jun')])
      expect((await thread('minji'))!.words[0]!.text).toContain('400개를 모았습니다')
      expect((await thread('jun'))!.words[0]!.text).toContain('160개를 모았습니다')
    })

    test('a crawl that finds nothing says so and sends no file', async () => {
      await rig.say('minji', 'ssg 없는물건이름')
      await lastWord('minji')
      const { words, files } = (await thread('minji'))!
      expect(words[0]!.text).toContain('없')
      expect(files).toEqual([])
    })

    test('a button of the last word does what it says', async () => {
      await rig.say('minji', 'ssg 노트북 --limit 40 --format csv')
      await lastWord('minji')
      const again = (await thread('minji'))!.words[0]!.buttons.find((label) => label.includes('다시'))
      await rig.press('minji', again!)
      await lastWord('minji', 1)
      expect((await rig.threads('minji'))[1]!.words[0]!.text).toContain('40개를 모았습니다')
    })
  })
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StoreHouse } from '../support/store-house.ts'
import { meet } from '../support/store-people.ts'

const DAY_MS = 24 * 3_600_000

/** The buttons that people saw last, on every database. */
export function exerciseButtons(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`last buttons, on ${database}`, () => {
    let house: StoreHouse
    const minji = { platform: 'slack', externalId: 'U1' }
    const there = { ...minji, platform: 'discord' }
    const jun = { ...minji, externalId: 'U2' }

    beforeEach(async () => {
      house = await openHouse()
      for (const { externalId, platform } of [minji, there, jun]) await meet(house.store, externalId, platform)
    })
    afterEach(() => house.close())

    test('are each person’s own, in their order, the newest in the place of those before', async () => {
      const { buttons } = house.store
      expect(await buttons.commands(minji)).toEqual([])
      await buttons.keep(minji, ['cancel a', 'status'])
      await buttons.keep(there, ['help'])
      expect(await buttons.commands(minji)).toEqual(['cancel a', 'status'])
      await Promise.all([buttons.keep(minji, ["ssg 노트북 “a'b”"]), buttons.keep(jun, ['x'])])
      expect(await buttons.commands(minji)).toEqual(["ssg 노트북 “a'b”"])
      expect(await buttons.commands(there)).toEqual(['help'])
    })
    test('are nothing after a day, and retention removes them', async () => {
      const { buttons, upkeep } = house.store
      await buttons.keep(minji, ['status'])
      await house.clock.jump(DAY_MS - 1_000)
      expect(await buttons.commands(minji)).toEqual(['status'])
      await upkeep.expire(90 * DAY_MS, 100)
      expect(await house.look.rows('select * from last_buttons')).toHaveLength(1)
      await house.clock.jump(1_000)
      expect(await buttons.commands(minji)).toEqual([])
      await upkeep.expire(90 * DAY_MS, 100)
      expect(await house.look.rows('select * from last_buttons')).toEqual([])
    })

    test('are not kept of a person who was forgotten while they were on their way', async () => {
      const { buttons, forget } = house.store
      const person = await meet(house.store, minji.externalId)
      const other = await house.another()
      await buttons.keep(minji, ['status'])
      await Promise.all([
        buttons.keep(minji, ['again x']),
        forget.begin(person.account.id, { tellOthers: false }),
        other.buttons.keep(minji, ['retry x']),
      ])
      await buttons.keep(minji, ['result x'])
      expect(await house.look.rows('select * from last_buttons')).toEqual([])
    })
  })
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StoreHouse } from '../support/store-house.ts'

const DAY_MS = 24 * 3_600_000

/** The buttons that people saw last, on every database. */
export function exerciseButtons(database: string, openHouse: () => Promise<StoreHouse>): void {
  describe(`last buttons, on ${database}`, () => {
    let house: StoreHouse
    const minji = { platform: 'slack', externalId: 'U1' }

    beforeEach(async () => {
      house = await openHouse()
    })
    afterEach(() => house.close())

    test('are each person’s own, in their order, the newest in the place of those before', async () => {
      const { buttons } = house.store
      expect(await buttons.commands(minji)).toEqual([])
      await buttons.keep(minji, ['cancel a', 'status'])
      await buttons.keep({ ...minji, platform: 'discord' }, ['help'])
      expect(await buttons.commands(minji)).toEqual(['cancel a', 'status'])
      await Promise.all([
        buttons.keep(minji, ["ssg 노트북 “a'b”"]),
        buttons.keep({ ...minji, externalId: 'U2' }, ['x']),
      ])
      expect(await buttons.commands(minji)).toEqual(["ssg 노트북 “a'b”"])
      expect(await buttons.commands({ ...minji, platform: 'discord' })).toEqual(['help'])
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
  })
}

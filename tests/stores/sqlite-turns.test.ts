import { expect, test } from 'vitest'
import { createTurns } from '../../db/sqlite/turns.ts'

/** Who gets turns, in order, when all of them ask while one turn is taken. */
async function orderOf(asks: { name: string; limitMs: number }[]): Promise<string[]> {
  const turns = createTurns()
  const order: string[] = []
  await turns.take(Number.POSITIVE_INFINITY)
  const all = asks.map(async ({ name, limitMs }) => {
    if (!(await turns.take(limitMs))) return
    order.push(name)
    turns.give()
  })
  turns.give()
  await Promise.all(all)
  return order
}

const worker = (name: string) => ({ name, limitMs: Number.POSITIVE_INFINITY })
const command = (name: string) => ({ name, limitMs: 60_000 })

test('a command goes before the workers that asked earlier, in the order of asking among its like', async () => {
  const order = await orderOf([worker('w1'), worker('w2'), command('c1'), command('c2')])
  expect(order).toEqual(['c1', 'c2', 'w1', 'w2'])
})

test('however many commands wait, every fifth turn is a worker’s', async () => {
  const order = await orderOf([worker('w1'), worker('w2'), ...Array.from({ length: 10 }, (_, at) => command(`c${at}`))])
  expect(order.indexOf('w1')).toBe(4)
  expect(order.indexOf('w2')).toBe(9)
})

test('who does not get a turn in time is told so and takes none later', async () => {
  const turns = createTurns()
  await turns.take(Number.POSITIVE_INFINITY)
  expect(await turns.take(1)).toBe(false)
  const worker = turns.take(Number.POSITIVE_INFINITY)
  turns.give()
  expect(await worker).toBe(true)
})

import { describe } from 'vitest'
import { createInMemoryBudget } from '../../src/budget/in-memory.ts'
import { createInMemoryLine } from '../../src/budget/in-memory-line.ts'
import { systemClock } from '../../src/clock.ts'
import { exerciseLine } from './line-exercise.ts'

describe('the line of one process', () => {
  exerciseLine(async (rule, count) => {
    const budget = createInMemoryBudget({ clock: systemClock })
    const line = createInMemoryLine({ budget, clock: systemClock, emit: () => undefined, ...rule })
    return Array.from({ length: count }, () => line)
  })
})

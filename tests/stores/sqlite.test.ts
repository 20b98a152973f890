import { openSqliteHouse } from '../support/store-house.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseDuties } from './exercise-duties.ts'
import { exerciseStats } from './exercise-stats.ts'

exerciseStores('SQLite', openSqliteHouse)
exerciseStats('SQLite', openSqliteHouse)
exerciseDuties('SQLite', openSqliteHouse)

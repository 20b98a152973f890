import { openSqliteHouse } from '../support/store-house.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseStats } from './exercise-stats.ts'

exerciseStores('SQLite', openSqliteHouse)
exerciseStats('SQLite', openSqliteHouse)

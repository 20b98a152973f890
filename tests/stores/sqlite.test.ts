import { openSqliteHouse } from '../support/store-house.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseAdmin } from './exercise-admin.ts'
import { exerciseButtons } from './exercise-buttons.ts'
import { exerciseDuties } from './exercise-duties.ts'
import { exerciseOverride } from './exercise-override.ts'
import { exerciseStats } from './exercise-stats.ts'

exerciseStores('SQLite', openSqliteHouse)
exerciseStats('SQLite', openSqliteHouse)
exerciseDuties('SQLite', openSqliteHouse)
exerciseAdmin('SQLite', openSqliteHouse)
exerciseOverride('SQLite', openSqliteHouse)
exerciseButtons('SQLite', openSqliteHouse)

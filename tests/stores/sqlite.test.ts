import { openSqliteHouse } from '../support/store-house.ts'
import { exerciseStores } from './exercise.ts'

exerciseStores('SQLite', openSqliteHouse)

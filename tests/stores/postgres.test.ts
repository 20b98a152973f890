import { afterAll } from 'vitest'
import { hasPostgres } from '../support/postgres.ts'
import { dropIdleDatabases, openPostgresHouse } from '../support/postgres-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseAdmin } from './exercise-admin.ts'
import { exerciseButtons } from './exercise-buttons.ts'
import { exerciseDuties } from './exercise-duties.ts'
import { exerciseOverride } from './exercise-override.ts'
import { exerciseStats } from './exercise-stats.ts'

afterAll(dropIdleDatabases)

suiteWhere(hasPostgres, 'PostgreSQL (TEST_DATABASE_URL)', 'storage', () => {
  exerciseStores('PostgreSQL', openPostgresHouse)
  exerciseDuties('PostgreSQL', openPostgresHouse)
  exerciseAdmin('PostgreSQL', openPostgresHouse)
  exerciseOverride('PostgreSQL', openPostgresHouse)
  exerciseButtons('PostgreSQL', openPostgresHouse)
  exerciseStats('PostgreSQL', openPostgresHouse)
})

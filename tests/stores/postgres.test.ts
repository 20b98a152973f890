import { afterAll } from 'vitest'
import { hasPostgres } from '../support/postgres.ts'
import { dropIdleDatabases, openPostgresHouse } from '../support/postgres-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseDuties } from './exercise-duties.ts'
import { exerciseStats } from './exercise-stats.ts'

afterAll(dropIdleDatabases)

suiteWhere(hasPostgres, 'PostgreSQL (TEST_DATABASE_URL)', 'storage', () => {
  exerciseStores('PostgreSQL', openPostgresHouse)
  exerciseDuties('PostgreSQL', openPostgresHouse)
  exerciseStats('PostgreSQL', openPostgresHouse)
})

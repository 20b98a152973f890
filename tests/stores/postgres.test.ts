import { afterAll } from 'vitest'
import { hasPostgres } from '../support/postgres.ts'
import { dropIdleDatabases, openPostgresHouse } from '../support/postgres-house.ts'
import { suiteWhere } from '../support/suites.ts'
import { exerciseStores } from './exercise.ts'
import { exerciseStats } from './exercise-stats.ts'

afterAll(dropIdleDatabases)

suiteWhere(hasPostgres, 'PostgreSQL (TEST_DATABASE_URL)', 'storage', () => {
  exerciseStores('PostgreSQL', openPostgresHouse)
  exerciseStats('PostgreSQL', openPostgresHouse)
})

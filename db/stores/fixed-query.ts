import { type Compilable, type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Db, Quirks } from '../database.ts'

/** Stands in a query's parameters for a value that each run brings. */
class Slot {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** An expression in whose place the named value of a run stands. */
export type Slots<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>

/** Runs a fixed query with these values. @returns its rows; none of a statement that returns none */
export type FixedQuery<Values, Row> = (db: Db, quirks: Quirks, values: Values) => Promise<Row[]>

/**
 * A query whose text never changes, compiled once a database: building and compiling one takes as long as running it,
 * and a page's checkpoint has a dozen of them.
 * @param build makes the query with slots in place of values; whatever else it takes from outside is taken only once
 */
export function fixedQuery<Values extends object, Row>(
  build: (db: Db, slot: Slots<Values>, quirks: Quirks) => Compilable<Row>,
): FixedQuery<Values, Row> {
  const compiled = new WeakMap<Quirks, CompiledQuery<Row>>()
  return async (db, quirks, values) => {
    let query = compiled.get(quirks)
    if (!query) {
      query = build(db, slotNamed, quirks).compile()
      compiled.set(quirks, query)
    }
    const parameters = query.parameters.map((it) => (it instanceof Slot ? values[it.name as keyof Values] : it))
    return (await db.executeQuery<Row>({ ...query, parameters })).rows
  }
}

const slotNamed = <Value>(name: string): RawBuilder<Value> => sql<Value>`${new Slot(name)}`

import type { Database } from '../database.ts'

/**
 * A secret of the deployment, made once: whoever comes first makes it, every process reads the same.
 * @param make a new one, where there is none
 */
export async function keptSecret({ db, quirks }: Database, name: string, make: () => string): Promise<string> {
  await db
    .insertInto('secrets')
    .values({ name, value: make(), created_at: quirks.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { value } = await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow()
  return value
}

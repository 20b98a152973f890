import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { Look } from './invariants.ts'

/** The test's own. */
const NOT_OURS = ['watched']
/** Columns that tie a row to a person. */
export const TIES = ['user_id', 'account_id', 'other_id', 'job_id', 'merged_into', 'external_id']

const COLUMNS = `select m.name as t, c.name as c from sqlite_schema m, pragma_table_info(m.name) c
  where m.type = 'table' and m.name not like 'sqlite%' and m.name not like 'kysely%'`
const POSTGRES_COLUMNS = `select table_name as t, column_name as c from information_schema.columns
  where table_schema = current_schema() and table_name not like 'kysely%'`

/** Every table, with its columns, as the schema says: one that is added later is looked at too. */
export async function tablesOf(look: Look): Promise<Map<string, string[]>> {
  const rows = await look.rows(COLUMNS).catch(() => look.rows(POSTGRES_COLUMNS))
  const tables = new Map<string, string[]>()
  for (const { t, c } of rows)
    if (!NOT_OURS.includes(String(t))) tables.set(String(t), [...(tables.get(String(t)) ?? []), String(c)])
  return tables
}

/** Rows of all tables that hold one of these words, as texts by table. */
export async function rowsThatName(look: Look, words: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const table of (await tablesOf(look)).keys()) {
    const texts = (await look.rows(`select * from "${table}"`)).map((row) => JSON.stringify(row))
    const naming = texts.filter((text) => words.some((word) => text.includes(word)))
    if (naming.length > 0) found[table] = naming.sort()
  }
  return found
}

/**
 * Files below a folder whose bytes or names hold one of these words, the database's own files too. Another process
 * reads them: closing a file of SQLite's here would free the locks that this process has on it.
 */
export function filesThatName(folder: string, words: readonly string[]): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const named = names.filter((name) => words.some((word) => name.includes(word)))
  const patterns = words.flatMap((word) => ['-e', word])
  try {
    const found = execFileSync('grep', ['-rlaF', ...patterns, '.'], { cwd: folder, encoding: 'utf8' })
    return [...new Set([...named, ...found.trim().split('\n')])].sort()
  } catch (error) {
    if ((error as { status?: number }).status !== 1) throw error // 1: no file holds any
    return named.sort()
  }
}

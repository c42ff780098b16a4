import { openReader, type PublishedRow, type PublishedTables } from './expected.ts'

/** What the catalogue tells of a table, or of a column. */
type Told = Readonly<Record<string, unknown>>

/** What the privacy tables of a dataflow show, by table, and by table and column. */
export interface Catalogue {
  readonly tables: Readonly<Record<string, Told>>
  readonly columns: Readonly<Record<string, Told>>
}

/** What a reader sees of the figures in the privacy tables. */
export async function readCatalogue(databaseUrl: string, schema: string): Promise<Catalogue> {
  const sql = openReader(databaseUrl)
  const tables = await sql<PublishedRow[]>`
    select table_name as name, rows::int, first_change as first, last_change as last
    from ${sql(schema)}.privacy_tables`
  const columns = await sql<PublishedRow[]>`
    select table_name || '.' || column_name as name, filled::int, distinct_values::int as distinct,
      first_change as first, last_change as last
    from ${sql(schema)}.privacy_columns`
  return { tables: byName(tables), columns: byName(columns) }
}

function byName(rows: readonly PublishedRow[]): Record<string, Told> {
  return Object.fromEntries(rows.map(({ name, ...told }) => [String(name), told]))
}

/** What they ought to show for rows: worked out value by value, by nothing that the import uses. */
export function expectedCatalogue(tables: Partial<PublishedTables>): Catalogue {
  const told = Object.entries(tables)
  return {
    tables: Object.fromEntries(told.map(([table, rows]) => [table, { rows: rows.length, ...changes(rows) }])),
    columns: Object.fromEntries(told.flatMap(([table, rows]) => columnsOf(table, rows))),
  }
}

function columnsOf(table: string, rows: readonly PublishedRow[]): [string, Told][] {
  return Object.keys(rows[0] ?? {}).map((column) => {
    const filled = rows.filter((row) => row[column] !== null && row[column] !== undefined)
    const values = new Set(filled.map((row) => JSON.stringify(row[column])))
    return [`${table}.${column}`, { filled: filled.length, distinct: values.size, ...changes(filled) }]
  })
}

function changes(rows: readonly PublishedRow[]): { readonly first: Date | null; readonly last: Date | null } {
  const days = rows.flatMap(({ last_modified_at: at }) => (at instanceof Date ? [at.toISOString().slice(0, 10)] : []))
  const [first, last] = [days.toSorted().at(0), days.toSorted().at(-1)]
  return { first: first ? new Date(first) : null, last: last ? new Date(last) : null }
}

/** Everything that a database holds, of every table in every schema that is not Postgres's own, and its statistics. */
export async function wholeDatabase(databaseUrl: string): Promise<string> {
  const sql = openReader(databaseUrl)
  const tables = await sql<{ name: string }[]>`select format('%I.%I', nspname, relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where relkind in ('r', 'm') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`
  const texts: string[] = []
  for (const { name } of [...tables, { name: 'pg_catalog.pg_stats' }, { name: 'pg_catalog.pg_description' }]) {
    const [row] = await sql<{ text: string | null }[]>`
      select string_agg(t::text, chr(10)) as text from ${sql.unsafe(name)} t`
    texts.push(`${name}: ${row?.text ?? ''}`)
  }
  return texts.join('\n')
}

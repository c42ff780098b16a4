import type { Column, ColumnType, TableShape } from '../db/table.ts'

const column = (name: string, type: ColumnType, comment: string): Column => ({ name, type, comment })

const FIRST = 'UTC day of the earliest last change'
const LAST = 'UTC day of the latest change'

/** What is held of every column: one row a column. */
export const PRIVACY_COLUMNS: TableShape = {
  table: 'privacy_columns',
  comment: 'What is held in every column of the imported tables, without any value of it',
  columns: [
    column('table_name', 'text', 'The table'),
    column('column_name', 'text', 'The column'),
    column('source_field', 'text', "The field or attribute of Cognito's that it comes from"),
    column('type', 'text', 'The type of its values'),
    column(
      'personal_kind',
      'text',
      'What it tells of a person: contact, identifier, name, location, credential, behaviour, or none',
    ),
    column('treatment', 'text', 'What was done to its values before anything was written: keep, drop, mask, or hash'),
    column('filled', 'bigint', 'Rows that have a value in it. Null: unknown, because the values were dropped unseen'),
    column(
      'distinct_values',
      'bigint',
      'Different values in it. Null: unknown, because the values were dropped, or masked so that different ones look alike',
    ),
    column('first_change', 'timestamptz', `${FIRST} among the rows that have it filled. Null: not known of this table`),
    column('last_change', 'timestamptz', `${LAST} among the rows that have it filled. Null: not known of this table`),
  ],
  key: ['table_name', 'column_name'],
  holds: 'catalogue',
}

/** What is held of every table: one row a table. */
export const PRIVACY_TABLES: TableShape = {
  table: 'privacy_tables',
  comment: 'What is held in every imported table, without any value of it',
  columns: [
    column('table_name', 'text', 'The table'),
    column('purpose', 'text', 'All: its rows are published as well. Privacy-Metadata: only what stands here'),
    column('rows', 'bigint', 'Rows that the pool has for it'),
    column('columns', 'integer', 'Its columns; privacy_columns tells of each'),
    column('personal_columns', 'integer', 'Those of them that tell something of a person'),
    column('first_change', 'timestamptz', `${FIRST} of its rows. Null: not known of this table`),
    column('last_change', 'timestamptz', `${LAST} of its rows. Null: not known of this table`),
  ],
  key: ['table_name'],
  holds: 'catalogue',
}

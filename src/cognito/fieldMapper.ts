import type { Column } from '../db/table.ts'
import { RowDraft, reject } from './rowDraft.ts'
import type { SourceTable } from './sourceTable.ts'
import { isKey } from './values.ts'

/**
 * The `rowMapper` of a table whose columns each hold one field of its records. A field may lie within another:
 * `Policies.PasswordPolicy`.
 * @param what a record in one word, for the reason of a reject: `client`
 */
export function fieldMapper(what: string): SourceTable['rowMapper'] {
  return (shape) => {
    const columns = shape.columns.map((column) => ({ column, path: (column.field ?? column.name).split('.') }))
    const key = columns.filter(({ column }) => shape.key.includes(column.name))
    return (record) => {
      for (const { column, path } of key) {
        const unfit = unfitForKey(column, valueAt(record, path))
        if (unfit) return reject(`the ${what} ${unfit}`, record)
      }
      const draft = new RowDraft()
      for (const { column, path } of columns) draft.put(column, valueAt(record, path))
      return draft.finish()
    }
  }
}

function unfitForKey({ name }: Column, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return `has no ${name}`
  return isKey(value) ? undefined : `has a ${name} that cannot be stored`
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), record)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

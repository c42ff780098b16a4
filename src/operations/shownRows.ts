import type { Grants } from '../access/caller.ts'
import { mask } from '../cognito/mask.ts'
import type { Column, Row, TableShape } from '../db/table.ts'

/** What decides whether somebody sees people's values. */
export type Sight = Pick<Grants, 'personal'>

/** Whether a column holds values as people have them: what was dropped, masked or hashed as it was read are none. */
function isPersonal({ personal = 'none', treatment }: Column): boolean {
  return personal !== 'none' && treatment === undefined
}

/** Whether somebody sees a column's values masked. */
export function isMasked(column: Column, { personal }: Sight): boolean {
  return !personal && isPersonal(column)
}

/** The columns whose values somebody sees masked. */
export function maskedColumns({ columns }: TableShape, sight: Sight): string[] {
  return columns.filter((column) => isMasked(column, sight)).map(({ name }) => name)
}

/** The columns in which somebody sees people's values as they are. */
export function openColumns({ columns }: TableShape, { personal }: Sight): string[] {
  return personal ? columns.filter(isPersonal).map(({ name }) => name) : []
}

/** Rows as somebody may see them. */
export function shownRows(rows: readonly Row[], { columns }: TableShape, sight: Sight): Row[] {
  const masked = columns.filter((column) => isMasked(column, sight))
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(masked.map((column) => [column.name, maskedValue(column, row[column.name])])),
  }))
}

/** Of anything but a text nothing is shown: a part of a number or of JSON may be all there is to know. */
function maskedValue({ type }: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null
  return type === 'text' ? mask(String(value)) : '***'
}

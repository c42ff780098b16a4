import { z } from 'zod'
import { sourceTable } from '../cognito/catalogue.ts'
import type { SourceColumn } from '../cognito/columns.ts'
import { type TableShape, TREATED, type Treatment } from '../db/table.ts'
import { closest } from './closest.ts'

const TREATMENTS = ['keep', 'drop', 'mask', 'hash'] as const

/** Column → what is done to its values; `keep` takes a treatment away. */
export const columnTreatments = z.record(
  z.string(),
  z.enum(TREATMENTS, {
    error: ({ input }) => `there is no treatment ${String(input)}; choose among ${TREATMENTS.join(', ')}`,
  }),
)

export type ColumnTreatments = z.output<typeof columnTreatments>

/** The names that the tasks hold in plain text: each group is asked for its members by its name. */
const HELD_BY_TASKS = 'GroupName'

/** What is wrong with the treatments of a table's columns, each in a sentence's words. */
export function treatmentProblems(source: string, treatments: ColumnTreatments): string[] {
  const shape = sourceTable(source).shape(null)
  return Object.entries(treatments).flatMap(([name, treatment]) => {
    const column = shape.columns.find((one) => one.name === name)
    if (column) return treatment === 'keep' ? [] : problemsOf(shape, column, treatment)
    return isCustom(source, name) ? [] : [unknownColumn(shape, name)]
  })
}

function problemsOf({ table, key }: TableShape, { name, type, field }: SourceColumn, treatment: Treatment): string[] {
  const column = `the column ${table}.${name}`
  if (field === HELD_BY_TASKS) return [`${column} can only be kept: groups are asked for their members by name`]
  if (key.includes(name) && treatment !== 'hash') {
    return [`${column} tells the rows apart; it can be kept or hashed, not ${TREATED[treatment]}`]
  }
  if (type === 'text' || treatment === 'drop') return []
  return [`${column} is ${type}, and only texts can be ${TREATED[treatment]}; it can be kept or dropped`]
}

/** What may be done to the values of a column. */
export function treatmentsOf(source: string, column: string): ColumnTreatments[string][] {
  return TREATMENTS.filter((treatment) => treatmentProblems(source, { [column]: treatment }).length === 0)
}

/** Which custom attributes there are is only known when a run has asked the pool. */
function isCustom(source: string, name: string): boolean {
  return /^(dev_)?custom_./s.test(name) && Buffer.byteLength(name) <= 63 && followsThePool(source)
}

/** Whether a pool's custom attributes give a table further columns. */
export function followsThePool(source: string): boolean {
  const { shape } = sourceTable(source)
  return shape([{ name: 'custom:any', type: 'String' }]).columns.length > shape(null).columns.length
}

function unknownColumn({ table, columns }: TableShape, name: string): string {
  const names = columns.map((column) => column.name)
  const meant = closest(name, names)
  return `there is no column ${name} in ${table}; ${meant ? `did you mean ${meant}?` : `choose among ${names.join(', ')}`}`
}

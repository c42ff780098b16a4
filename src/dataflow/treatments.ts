import { z } from 'zod'
import { sourceTable } from '../cognito/catalogue.ts'
import type { SourceColumn } from '../cognito/columns.ts'
import type { TableChoice } from '../db/schema.ts'
import type { TableShape, Treatment } from '../db/table.ts'
import { AskError } from '../errors.ts'
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
    return [`${column} tells the rows apart; it can be kept or hashed, not ${PAST[treatment]}`]
  }
  if (type === 'text' || treatment === 'drop') return []
  return [`${column} is ${type}, and only texts can be ${PAST[treatment]}; it can be kept or dropped`]
}

const PAST = { drop: 'dropped', mask: 'masked', hash: 'hashed' }

/** Which custom attributes there are is only known when a run has asked the pool. */
function isCustom(source: string, name: string): boolean {
  return /^(dev_)?custom_./s.test(name) && Buffer.byteLength(name) <= 63 && followsThePool(source)
}

function followsThePool(source: string): boolean {
  const { shape } = sourceTable(source)
  return shape([{ name: 'custom:any', type: 'String' }]).columns.length > shape(null).columns.length
}

function unknownColumn({ table, columns }: TableShape, name: string): string {
  const names = columns.map((column) => column.name)
  const meant = closest(name, names)
  return `there is no column ${name} in ${table}; ${meant ? `did you mean ${meant}?` : `choose among ${names.join(', ')}`}`
}

/** What `create` and `edit` may say of the tables. */
interface TableChanges {
  /** Instead of all that stand. What is not said of a table's treatments stays. */
  readonly tables?: readonly TableInput[] | undefined
  /** By table, on top of what stands. */
  readonly treatments?: Readonly<Record<string, ColumnTreatments>> | undefined
}

type TableInput = Omit<TableChoice, 'treatments'> & { readonly treatments?: ColumnTreatments | undefined }

/**
 * The tables that a dataflow imports from now on.
 * @throws AskError 'bad-input' when treatments are for tables that are not among them
 */
export function chooseTables(
  standing: readonly TableChoice[],
  { tables = standing, treatments = {} }: TableChanges,
): TableChoice[] {
  const foreign = Object.keys(treatments).filter((table) => !tables.some(({ source }) => source === table))
  if (foreign.length > 0) {
    throw new AskError('bad-input', `Nothing is imported of ${foreign.join(', ')}, so nothing there can be treated.`)
  }
  return tables.map(({ source, purpose, treatments: own }) => {
    const earlier = own ?? standing.find((table) => table.source === source)?.treatments
    const treated = Object.entries({ ...earlier, ...treatments[source] }).filter(isTreatment)
    return { source, purpose, ...(treated.length > 0 && { treatments: Object.fromEntries(treated) }) }
  })
}

function isTreatment(entry: [string, ColumnTreatments[string]]): entry is [string, Treatment] {
  return entry[1] !== 'keep'
}

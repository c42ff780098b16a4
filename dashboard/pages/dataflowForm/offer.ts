import type { Output } from '../../../src/api/contract.ts'
import type { Typed } from '../../typed.ts'

type Offered = Output<'listConnectors'>['items'][number]['tables'][number]
export type OfferedColumn = Offered['columns'][number]
type Found = NonNullable<Output<'showDraft'>['found']>['tables'][number]

/** A table that can be chosen, with what is known of it in the pool. */
export interface Offer extends Offered {
  readonly found: Found | undefined
}

/** The tables of a connector, each with the columns that its pool was found to have. */
export function offersOf(tables: readonly Offered[], found: readonly Found[] = []): Offer[] {
  return tables.map((table) => {
    const seen = found.find((one) => one.table === table.source)
    return { ...table, found: seen, columns: withCustom(table.columns, seen?.columns ?? []) }
  })
}

/** What is kept or not of a custom attribute depends on its type alone. */
export function withCustom(
  known: readonly OfferedColumn[],
  seen: readonly Pick<OfferedColumn, 'name' | 'type' | 'field' | 'personal'>[],
): OfferedColumn[] {
  const own = seen.filter(({ name }) => !known.some((column) => column.name === name))
  const custom = own.map(({ name, type, field, personal }) => ({
    ...{ name, type, field, personal },
    treatments:
      type === 'text' ? (['keep', 'drop', 'mask', 'hash'] as const).slice() : (['keep', 'drop'] as const).slice(),
  }))
  return [...known, ...custom]
}

/** The field in which the treatment of a column stands. No source has a dot in its name. */
export const treatmentField = (source: string, column: string) => `treat.${source}.${column}`

/** The treatments that a form has for a table's columns, but for those that are kept. */
export function treatmentsIn(typed: Typed, source: string): Record<string, string> {
  const prefix = treatmentField(source, '')
  const fields = Object.entries(typed).filter(([field, value]) => field.startsWith(prefix) && value !== 'keep')
  const sorted = fields.toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(sorted.map(([field, value]) => [field.slice(prefix.length), String(value)]))
}

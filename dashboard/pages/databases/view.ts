import type { Output } from '../../../src/api/contract.ts'
import { columnOf } from '../../../src/operations/look.ts'
import type { Visit } from '../../visit.ts'

export type Table = Output<'showTable'>

/** Which rows of a table somebody looks at, and in which order. */
export interface RowsView {
  /** As the operation takes them: `status=CONFIRMED`, `email~ada`. */
  readonly filters: readonly string[]
  /** A column, or `-column`; empty for the key. */
  readonly sort: string
  /** Where the page before ended; empty for the first. */
  readonly cursor: string
}

/** The view that an address or a form says; a form may add a filter to it. */
export function viewIn(given: Visit['query'] | Visit['form']): RowsView {
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '')
  const filters = [given.filter ?? []].flat().map(String)
  const added = text('column') && `${text('column')}${text('test') === 'is' ? '=' : '~'}${text('value')}`
  return { filters: [...filters, ...(added ? [added] : [])], sort: text('sort'), cursor: text('cursor') }
}

/** What a view says, one by one: of an address, or of a form's hidden fields. */
export function fieldsOf({ filters, sort, cursor }: RowsView): readonly (readonly [name: string, value: string])[] {
  const others = Object.entries({ sort, cursor }).filter(([, value]) => value !== '')
  return [...filters.map((filter) => ['filter', filter] as const), ...others]
}

/**
 * Whether a view asks for a person's value: then it stands in no address, because those are kept in histories, in logs of
 * proxies and in whatever they are pasted into.
 */
export function isPrivate({ filters }: RowsView, { columns }: Table): boolean {
  return filters.some((filter) => {
    const column = columnOf(filter, columns)
    return column !== undefined && column.personal !== 'none' && column.treatment === 'keep'
  })
}

export const pathOfSchema = (schema: string) => `/databases/${encodeURIComponent(schema)}`

export const pathOf = ({ schema, table }: Pick<Table, 'schema' | 'table'>) =>
  `${pathOfSchema(schema)}/${encodeURIComponent(table)}`

export function addressOf(table: Table, view: RowsView): string {
  const fields = new URLSearchParams(fieldsOf(view).map(([name, value]) => [name, value]))
  return fields.size > 0 ? `${pathOf(table)}?${fields}` : pathOf(table)
}

import type { Column, TableShape } from '../db/table.ts'
import { AskError } from '../errors.ts'
import type { Filter, Look } from '../snapshot/read.ts'
import { isMasked, type Sight } from './shownRows.ts'

/** A look as somebody asks for it: `status=CONFIRMED`, `email~@example.com`; `-created_at`. */
export interface AskedLook {
  readonly filter: readonly string[]
  readonly sort?: string | undefined
}

/**
 * What to look for in a table. Its own columns alone are known, so nothing that somebody typed becomes a name in SQL.
 * Neither a filter nor an order may tell what is masked: whoever may ask often enough would have it letter by letter.
 * @throws AskError 'bad-input', 'forbidden'
 */
export function lookFor({ filter, sort }: AskedLook, shape: TableShape, sight: Sight): Pick<Look, 'filters' | 'sort'> {
  const look = { filters: filter.map((text) => parseFilter(text, shape)), sort: parseSort(sort, shape) }
  for (const { column } of [...look.filters, ...(look.sort ? [look.sort] : [])]) refuseMasked(column, sight)
  return look
}

/** The column that a filter begins with. Its name may itself hold any of the signs, so the longest that fits is meant. */
export function columnOf<Named extends { readonly name: string }>(
  filter: string,
  columns: readonly Named[],
): Named | undefined {
  const fitting = columns.filter(({ name }) => filter.startsWith(`${name}=`) || filter.startsWith(`${name}~`))
  return fitting.sort((one, other) => other.name.length - one.name.length)[0]
}

/** What was typed is not repeated. */
function parseFilter(text: string, { table, columns }: TableShape): Filter {
  const column = columnOf(text, columns)
  if (!column) {
    throw new AskError(
      'bad-input',
      `A filter begins with no column of ${table}.`,
      'Write it as column=value, or as column~text for what has that text in it.',
    )
  }
  const test = text[column.name.length] === '=' ? 'is' : 'contains'
  if (test === 'is' && column.type === 'jsonb') throw refused(column, 'has no single values', `${column.name}~text`)
  return { column, test, value: text.slice(column.name.length + 1) }
}

function parseSort(sort: string | undefined, { table, columns }: TableShape): Look['sort'] {
  if (sort === undefined) return undefined
  const column = columns.find(({ name }) => name === sort) ?? columns.find(({ name }) => `-${name}` === sort)
  if (!column)
    throw new AskError('bad-input', `There is no column of ${table} to sort by.`, 'Write column, or -column.')
  if (column.type === 'jsonb') throw refused(column, 'has no order', 'another column')
  return { column, descending: sort !== column.name }
}

function refused({ name }: Column, why: string, instead: string): AskError {
  return new AskError('bad-input', `${name} holds JSON, which ${why}.`, `Try ${instead}.`)
}

function refuseMasked(column: Column, sight: Sight): void {
  if (!isMasked(column, sight)) return
  throw new AskError(
    'forbidden',
    `You see ${column.name} masked, so you can neither filter nor sort by it.`,
    'Ask an admin for a token with personal values.',
  )
}

import type { Column, ColumnType, PersonalKind, TableShape } from '../db/table.ts'

/** A column that holds something of Cognito's. */
export type SourceColumn = Column & Required<Pick<Column, 'field' | 'personal'>>

/** What a table of Cognito's looks like. */
export interface SourceShape extends TableShape {
  readonly columns: readonly SourceColumn[]
}

/**
 * @param field where its values come from, such as `UserStatus`
 * @param personal what they tell of a person
 * @param about what is not clear from the field's name
 */
export function column(
  name: string,
  type: ColumnType,
  field: string,
  personal: PersonalKind,
  about?: string,
): SourceColumn {
  return { name, type, personal, field, comment: about ? `${field}: ${about}` : field }
}

/** Left out of every table of a pool's things. */
export const SAME_POOL = { UserPoolId: 'the same in every row: the pool that the dataflow imports' }

/** The column of every source table for what did not fit the others. */
export const RAW_VALUES: SourceColumn = {
  name: 'raw_values',
  type: 'jsonb',
  personal: 'identifier',
  field: 'raw_values',
  comment:
    'Values as Cognito sent them that have no column or do not fit theirs: name → text; {"json": …} where it holds ' +
    'characters that Postgres cannot store (parse it as JSON); an array where the name came more than once',
}

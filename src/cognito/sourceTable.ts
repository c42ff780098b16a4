import type { Row, TableShape } from '../db/table.ts'
import type { PoolAttribute } from './describe.ts'
import type { QuotaCategory } from './quotas.ts'

export type SourceName = 'users' | 'groups' | 'group_members'

/** The operations that tables are read with, each also an IAM action `cognito-idp:<operation>`. */
export type SourceOperation = 'ListUsers' | 'ListGroups' | 'ListUsersInGroup'

/**
 * What became of a record: a row, with the number of values that did not fit their columns and are kept in `raw_values`;
 * or, where not even its key could be stored, the reason and the whole record as JSON text that Postgres takes.
 */
export type Mapped =
  | { readonly row: Row; readonly warnings: number }
  | { readonly reject: string; readonly record: string }

/** A table of Cognito's that can be imported. */
export interface SourceTable {
  readonly source: SourceName
  /** All that reading it needs to be allowed. */
  readonly operations: readonly SourceOperation[]
  /** The quota that reading its rows draws on. */
  readonly category: QuotaCategory
  /** Its columns for a pool with these attributes; null (not described yet): the columns that every pool has. */
  shape(attributes: readonly PoolAttribute[] | null): TableShape
  /**
   * Makes the function that turns the records of `readPages` into rows of this shape. An absent value is an absent key.
   * It is made once and called 1,800 times a second and more, so what can be worked out beforehand is.
   */
  rowMapper(shape: TableShape): (record: unknown) => Mapped
}

/** The types that a published column may have. */
export type ColumnType = 'text' | 'boolean' | 'integer' | 'numeric' | 'timestamptz' | 'jsonb'

export interface Column {
  /** At most 63 bytes: Postgres cuts longer names with only a NOTICE, and then they collide. */
  readonly name: string
  readonly type: ColumnType
  /** What it holds and which field of Cognito's it comes from; becomes its COMMENT. */
  readonly comment: string
}

/** What a published table looks like. Without `snapshot_id`, which every partitioned table gets in front. */
export interface TableShape {
  readonly table: string
  readonly comment: string
  readonly columns: readonly Column[]
  /** The columns that tell its rows apart within a snapshot. */
  readonly key: readonly string[]
  /** Among rows with the same key the one with the newest value here stays. */
  readonly newest?: string
}

/** A row on its way into a table: column name → a JSON value that the column's type takes. */
export type Row = Readonly<Record<string, unknown>>

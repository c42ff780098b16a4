/** The types that a column may have. A bigint comes as text, because 64 bits don't fit a number of JavaScript's. */
export type ColumnType = 'text' | 'boolean' | 'integer' | 'bigint' | 'numeric' | 'timestamptz' | 'jsonb'

/** What a column tells of a person. `none`: of the pool, or nothing by which anybody could be told apart. */
export type PersonalKind = 'contact' | 'identifier' | 'name' | 'location' | 'credential' | 'behaviour' | 'none'

/** What becomes of a column's values before anything is written; without one they are kept as they are. */
export type Treatment = 'drop' | 'mask' | 'hash'

/** What a column is that was treated so, in a word. */
export const TREATED: Readonly<Record<Treatment, string>> = { drop: 'dropped', mask: 'masked', hash: 'hashed' }

/** What a table is imported for: its rows (Customer 360), the catalogue of what it holds (Privacy-Metadata), or both. */
export type Purpose = 'All' | 'Customer 360' | 'Privacy-Metadata'

export interface Column {
  /** At most 63 bytes: Postgres cuts longer names with only a NOTICE, and then they collide. */
  readonly name: string
  readonly type: ColumnType
  /** The type that the pool's schema has for it now, where the column keeps another one that it was first given. */
  readonly declared?: ColumnType
  /** Absent in tables that are not Cognito's. */
  readonly personal?: PersonalKind
  /** The field or attribute of Cognito's that it comes from: also its name in `raw_values`. */
  readonly field?: string
  readonly treatment?: Treatment
  /** What it holds and which field of Cognito's it comes from; becomes its COMMENT. */
  readonly comment: string
}

/**
 * `fingerprints`: a number in place of each value, staged to be counted and dropped at publish, never shown to anybody.
 * `catalogue`: what the privacy tables tell of the others; it is derived from them and counts as none of them.
 */
export type Holds = 'fingerprints' | 'catalogue'

/** What a published table looks like. Without `snapshot_id`, which every partitioned table gets in front. */
export interface TableShape {
  readonly table: string
  readonly comment: string
  readonly columns: readonly Column[]
  /** The columns that tell its rows apart within a snapshot. */
  readonly key: readonly string[]
  /** Among rows with the same key the one with the newest value here stays. */
  readonly newest?: string
  /** What it was imported for. Absent in tables that are not Cognito's. */
  readonly purpose?: Purpose
  /** Absent: rows as Cognito has them. */
  readonly holds?: Holds
  /** Treatments of columns that the pool's schema does not have (any more): users may still carry such values. */
  readonly absent?: Readonly<Record<string, Treatment>>
  /** Its run does not read it: it gets the rows that readers see. */
  readonly carried?: true
  /** The id of the key that its values are hashed with; absent where none is. */
  readonly hashKey?: string
}

/** A row on its way into a table: column name → a JSON value that the column's type takes. */
export type Row = Readonly<Record<string, unknown>>

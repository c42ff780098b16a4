import type { StreamSource } from '../db/schema/tasks.ts'
import type { Row, TableShape } from '../db/table.ts'
import type { PoolClient } from './client.ts'
import type { SourceShape } from './columns.ts'
import type { PoolAttribute, PoolDescription } from './describe.ts'
import type { Operation } from './quotas.ts'

/** One request for a page. */
export interface PageRequest {
  readonly pool: PoolClient
  readonly stream: StreamSource
  /** Undefined for the first page. */
  readonly token: string | undefined
  /** For a table that is asked for user by user: whom to ask about. Its streams have no tokens of Cognito's. */
  readonly users?: readonly PoolUser[]
  readonly signal: AbortSignal
}

/** A user, as the table of the users knows them. */
export interface PoolUser {
  readonly sub: string
  readonly username: string | null
}

/** A page as Cognito gave it: the records that `rowMapper` takes, and the token of the next one, if there is one. */
export interface Listed {
  readonly records: readonly unknown[]
  readonly token: string | undefined
  /** Of a table that is asked for user by user: the requests that it took, retries aside. */
  readonly requests?: number
  /** And how many of the users asked about it tells of, from the first one on. */
  readonly answered?: number
}

/** A table that costs a request a user, and so is read only where somebody chose it knowing what that costs. */
export interface OptIn {
  /** The operation that each user is asked for with. */
  readonly operation: Operation
  /** Whether asking makes the user a monthly active one, whom AWS bills. */
  readonly billsEachUser: boolean
  /** The feature of the pool without which there is nothing to ask for. */
  readonly needs?: string
}

/** How much there is to read. */
export interface PoolSize {
  /** Rows of the table itself, as far as anybody can say. */
  readonly rows: number
  readonly users: number
  readonly groups: number
}

export type Requests = Readonly<Partial<Record<Operation, number>>>

/**
 * What became of a record: a row, with the number of values that did not fit their columns and are kept in `raw_values`;
 * or, where not even its key could be stored, the reason and the whole record as JSON text that Postgres takes.
 */
export type Mapped =
  | { readonly row: Row; readonly warnings: number }
  | { readonly reject: string; readonly record: string }

/** A table of Cognito's that can be imported. */
export interface SourceTable {
  /** Its name: the view's, and in `--table`. */
  readonly source: string
  /** Whether a new dataflow imports it when nobody chose its tables. */
  readonly byDefault: boolean
  /** Set for a table that is asked for user by user: within a budget, after all others, from where the last run ended. */
  readonly optIn?: OptIn
  /** All that reading it needs to be allowed: IAM actions `cognito-idp:<operation>`, each of a quota category (`quotas.ts`). */
  readonly operations: readonly Operation[]
  /** How many rows there are: one a user, as many as its list has, or more than anybody can say before they are read. */
  readonly rows: 'per user' | 'listed' | 'unknown'
  /**
   * The stream whose first page shows what its rows look like; null where looking would cost a request a user.
   * @param groups names of a few groups of the pool
   */
  sampleStream(groups: readonly string[]): StreamSource | null
  /** The requests that its own streams take, by operation, retries aside. What they cost in time follows from the quotas. */
  requests(size: PoolSize): Requests
  /** In words, where there is more than one: the way of reading it that takes the fewest requests. */
  way?(size: PoolSize): string
  /**
   * The streams that a run begins with for it; they may be another table's, and find further ones. Of an opt-in table: the
   * one that it is read by when all others have been read; none where the pool does not keep such data.
   */
  streams(pool: PoolDescription): readonly StreamSource[]
  /**
   * Reads one page of a stream. Its end is "no token", nothing else.
   * @throws PoolkeeperError as `PoolClient.send`
   */
  listPage(request: PageRequest): Promise<Listed>
  /** Its columns for a pool with these attributes; null (not described yet): the columns that every pool has. */
  shape(attributes: readonly PoolAttribute[] | null): SourceShape
  /** What Cognito says and this table does not hold, by its field, and why. */
  readonly leftOut?: Readonly<Record<string, string>>
  /**
   * Makes the function that turns the records of `listPage` into rows of this shape. An absent value is an absent key.
   * It is made once and called 1,800 times a second and more, so what can be worked out beforehand is.
   */
  rowMapper(shape: TableShape): (record: unknown) => Mapped
}

import type postgres from 'postgres'

/** How a connection is opened: `onLost` is to be called when it is closed, and it must never be opened again. */
export type OpenConnection = (onLost: () => void) => postgres.Sql

/** What runs in a transaction; drizzle begins one within it by `savepoint`, its migrator by `begin`. */
export interface TransactionSql {
  readonly unsafe: postgres.Sql['unsafe']
  savepoint<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>
  readonly begin: TransactionSql['savepoint']
}

interface Connection {
  readonly sql: postgres.Sql
  lost: boolean
  idleTimer?: NodeJS.Timeout
}

/**
 * Nobody waits longer for a lock. Transactions whose clients were cut off would otherwise get it one after the other, and
 * each would keep it until the server throws it out for its silence: after a network's 15 s, a run with a dozen streams
 * stood still for 88 s (measured).
 */
const BEGIN = "begin; set local lock_timeout = '10s'"

/** Then it is closed in good order: on one that broke while it was idle, the next statement would only begin to wait. */
const IDLE_MS = 4_000

/**
 * Connections that belong to one piece of work at a time, a statement or a transaction, and are thrown away after an error.
 *
 * In place of the pool, `begin` and `reserve` of postgres.js 3.4.9, which don't survive the end of a connection. What its
 * pool sends between the error of a socket and its close is never answered: of ten clients, resets left four hanging for
 * good (measured). What `begin` sends is an uncaught exception that takes the process down (porsager/postgres#1208), or
 * runs on the connection that was opened instead, outside the transaction or inside somebody else's (#1216). A connection
 * that never opens again, and is ended once it is lost, has none of these faults: whatever is sent is answered or refused.
 */
export class Connections {
  readonly #open: OpenConnection
  readonly #max: number
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #waiting: (() => void)[] = []
  #ended = false

  constructor(open: OpenConnection, max: number) {
    this.#open = open
    this.#max = max
  }

  /** Runs work on a connection of its own. */
  async use<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const connection = await this.#acquire()
    try {
      const result = await work(connection.sql)
      this.#release(connection)
      return result
    } catch (error) {
      this.#discard(connection)
      throw error
    }
  }

  /** Sends a statement of its own. `values` has its rows as arrays; it is asked for at once or not at all. */
  unsafe(...statement: Parameters<postgres.Sql['unsafe']>): Promise<unknown> & { values(): Promise<unknown> } {
    let asValues = false
    const rows = this.use(async (sql) => {
      const query = sql.unsafe(...statement)
      return asValues ? query.values() : query
    })
    const values = () => {
      asValues = true
      return rows
    }
    return Object.assign(rows, { values })
  }

  /**
   * Runs work in a transaction, which is rolled back before an error comes out.
   * @throws TypeError when a statement failed and the work went on as if it had not: Postgres rolls back at COMMIT then,
   *   and says so in passing.
   */
  async transaction<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T> {
    return this.use(async (sql) => {
      await sql.unsafe(BEGIN)
      try {
        const result = await work(withSavepoints(sql))
        const { command } = await sql.unsafe('commit')
        if (command !== 'COMMIT')
          throw new TypeError('a failed statement was swallowed: the transaction was rolled back')
        return result
      } catch (error) {
        // what it fails of is the end of the connection, and that of the transaction with it
        await Promise.allSettled([sql.unsafe('rollback')])
        throw error
      }
    })
  }

  /** Closes them, giving work under way up to `seconds` to end; whoever waits for one is refused. */
  async end(seconds: number): Promise<void> {
    this.#ended = true
    for (const wake of this.#waiting.splice(0)) wake()
    for (const { idleTimer } of this.#all) clearTimeout(idleTimer)
    await Promise.all([...this.#all].map(({ sql }) => sql.end({ timeout: seconds })))
  }

  async #acquire(): Promise<Connection> {
    for (;;) {
      if (this.#ended) throw Object.assign(new Error('The database was closed'), { code: 'CONNECTION_ENDED' })
      const connection = this.#idle.pop() ?? (this.#all.size < this.#max ? this.#openAnother() : undefined)
      if (connection) {
        clearTimeout(connection.idleTimer)
        return connection
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #openAnother(): Connection {
    const connection: Connection = { sql: this.#open(() => this.#discard(connection)), lost: false }
    this.#all.add(connection)
    return connection
  }

  #release(connection: Connection): void {
    if (connection.lost) return
    this.#idle.push(connection)
    connection.idleTimer = setTimeout(() => this.#discard(connection), IDLE_MS).unref()
    this.#waiting.shift()?.()
  }

  /** From now on postgres.js refuses whatever is still sent on it. */
  #discard(connection: Connection): void {
    if (connection.lost) return
    connection.lost = true
    clearTimeout(connection.idleTimer)
    void connection.sql.end({ timeout: 0 })
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#waiting.shift()?.()
  }
}

function withSavepoints(sql: postgres.Sql, depth = 1): TransactionSql {
  async function savepoint<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T> {
    const name = `s${depth}`
    await sql.unsafe(`savepoint ${name}`)
    try {
      const result = await work(withSavepoints(sql, depth + 1))
      await sql.unsafe(`release savepoint ${name}`)
      return result
    } catch (error) {
      await sql.unsafe(`rollback to savepoint ${name}`)
      throw error
    }
  }
  return { unsafe: sql.unsafe, savepoint, begin: savepoint }
}

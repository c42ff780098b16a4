import { randomInt } from 'node:crypto'
import postgres from 'postgres'
import { expect, onTestFinished, vi } from 'vitest'
import { SOON } from '../support/watching.ts'

/**
 * Failpoints, in Postgres: no code of the product knows of them. Who comes to one waits there, inside its transaction,
 * until it is let go or killed.
 */
export interface HeldUp {
  /** Resolves once somebody waits there. */
  reached(): Promise<void>
  /** Ends the backend of whoever waits, as the server does once it hears that its client is gone. */
  endBackend(): Promise<void>
  /** Lets whoever waits go on, and everybody after them. */
  letGo(): Promise<void>
}

/** A change of a control table; `commit` is at the end of the transaction that made it. */
export interface Point {
  readonly table: string
  readonly on: 'insert' | 'update'
  readonly when: 'before' | 'after' | 'commit'
  /** SQL over `new`, for tables that others change all the time. */
  readonly only?: string
}

/** Holds up whoever comes to a point. */
export async function holdUpAt(databaseUrl: string, { table, on, when, only = 'true' }: Point): Promise<HeldUp> {
  return holdUp(databaseUrl, (name) => {
    const timing = when === 'before' ? 'before' : 'after'
    const [kind, deferred] =
      when === 'commit' ? ['constraint trigger', 'deferrable initially deferred'] : ['trigger', '']
    return {
      install: `create ${kind} ${name} ${timing} ${on} on poolkeeper.${table} ${deferred}
        for each row when (${only}) execute function ${name}()`,
      returns: 'trigger',
    }
  })
}

/** Holds up whoever is about to run a command such as `alter table`. */
export async function holdUpBefore(databaseUrl: string, command: string): Promise<HeldUp> {
  return holdUp(databaseUrl, (name) => ({
    install: `create event trigger ${name} on ddl_command_start when tag in ('${command.toUpperCase()}')
      execute function ${name}()`,
    returns: 'event_trigger',
  }))
}

interface Trigger {
  readonly install: string
  readonly returns: 'trigger' | 'event_trigger'
}

async function holdUp(databaseUrl: string, trigger: (name: string) => Trigger): Promise<HeldUp> {
  const lock = randomInt(1_000_000_000)
  const name = `failpoint_${lock}`
  const { install, returns } = trigger(name)
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  onTestFinished(() => sql.end())
  const result = returns === 'trigger' ? 'return new;' : ''
  await sql.unsafe(`create function ${name}() returns ${returns} language plpgsql as
    $$begin perform pg_advisory_xact_lock_shared(${lock}); ${result} end$$`)
  await sql`select pg_advisory_lock(${lock})`
  await sql.unsafe(install)
  const waiting = () => sql<{ pid: number }[]>`
    select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted`
  return {
    reached: () => vi.waitFor(async () => expect(await waiting()).not.toEqual([]), SOON),
    async endBackend() {
      for (const { pid } of await waiting()) await sql`select pg_terminate_backend(${pid})`
      await vi.waitFor(async () => expect(await waiting()).toEqual([]), SOON)
    },
    async letGo() {
      // the trigger stays: dropping it would wait for the transactions that passed it
      await sql`select pg_advisory_unlock(${lock})`
    },
  }
}

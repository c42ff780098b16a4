import { PoolkeeperApiError } from '../client/errors.ts'
import { databaseTrouble } from '../db/trouble.ts'
import { PoolkeeperError, safeError, WaitError } from '../errors.ts'
import { Unsuccessful } from './exitCode.ts'

/** SQLSTATEs of a server that is there and turns us away: what it means, what to do. */
const REFUSED: Readonly<Record<string, string>> = {
  '28P01': 'Postgres refused the password. Check DATABASE_URL.',
  '28000': 'Postgres refused the user. Check DATABASE_URL and the pg_hba.conf of the server.',
  '3D000': 'The database of DATABASE_URL does not exist. Create it, or correct the name.',
  '42P01': 'The control tables are missing. Run `poolkeeper migrate`.',
  '3F000': 'The control tables are missing. Run `poolkeeper migrate`.',
  '42501': 'The database user may not do this. Give it the right to create schemas in the database.',
  '53300': 'Postgres has no connection left. Raise max_connections, or run fewer processes.',
  '55P03': 'Somebody else is changing the same thing. Try again in a moment.',
  '57P03': 'Postgres is starting up or shutting down. Try again in a moment.',
}

/**
 * The one line that stands on stderr when a command fails: what happened, what to do.
 * An error that nobody foresaw is named with its place in the code, which quotes no data.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof PoolkeeperError) return error.description
  if (error instanceof PoolkeeperApiError || error instanceof Unsuccessful) return error.message
  const { name, code, message, stack } = safeError(error)
  const refused = code && REFUSED[code]
  if (refused) return refused
  const trouble = databaseTrouble(error)
  if (trouble instanceof WaitError)
    return `A server does not answer (${code}). Check DATABASE_URL and REDIS_URL, and that the servers run.`
  if (trouble) return trouble.description
  const place = stack?.split('\n')[0]?.trim()
  return `Something unexpected happened: ${message || name}${place ? ` ${place}` : ''}. This is a defect; please report it.`
}

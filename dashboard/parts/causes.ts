import { mayAct } from '../../src/access/caller.ts'
import type { CauseCode } from '../../src/errors.ts'
import type { Surroundings } from '../surroundings.ts'

/** Why a run ended as it did, in words. */
export const CAUSE_WORDS = {
  'permission-missing': 'A permission is missing',
  'role-refused': 'The role is refused',
  'wrong-secret': 'The secret is wrong',
  'unknown-access-key': 'The access key is unknown',
  'session-expired': 'The session has expired',
  'no-credentials': 'There are no credentials',
  'pool-not-found': 'The pool is not there',
  'request-refused': 'Cognito refused a request',
  guard: 'It would remove too much',
  'rolled-back-meanwhile': 'Rolled back meanwhile',
  throttled: 'AWS throttled us',
  'quota-busy': 'The quota was in use',
  network: 'The network failed',
  'cognito-unavailable': 'Cognito did not answer',
  'token-loop': 'Pages went in a circle',
  'token-expired': 'Page tokens expired',
  'database-unavailable': 'Postgres did not answer',
  'database-full': 'Postgres is full',
  'table-locked': 'A table was locked',
  'crash-loop': 'A task took its workers down',
  timeout: 'It took too long',
  'no-progress': 'Nothing of it moved',
  'wrong-key': 'POOLKEEPER_KEY does not fit',
  'bad-configuration': 'The settings don’t fit',
  internal: 'Something unexpected happened',
  'already-running': 'Another run was under way',
  'changed-meanwhile': 'Something else was published',
  cancelled: 'Cancelled',
  discarded: 'Discarded',
  replaced: 'Replaced by a newer import',
  removed: 'The dataflow was removed',
} as const satisfies Partial<Readonly<Record<CauseCode, string>>>

/** A word that this version does not know, from a later one, stands for itself. */
export function causeInWords(cause: string): string {
  return (CAUSE_WORDS as Readonly<Record<string, string>>)[cause] ?? cause
}

type Place = 'connection' | 'policy' | 'quotas' | 'queues' | 'schedule'

/** Where a person finds what mends it. */
const PLACES: Partial<Readonly<Record<string, Place>>> = {
  'permission-missing': 'policy',
  'role-refused': 'policy',
  'wrong-secret': 'connection',
  'unknown-access-key': 'connection',
  'session-expired': 'connection',
  'no-credentials': 'connection',
  'pool-not-found': 'connection',
  'bad-configuration': 'connection',
  throttled: 'quotas',
  'quota-busy': 'quotas',
  'crash-loop': 'queues',
  'no-progress': 'queues',
  'already-running': 'schedule',
} satisfies Partial<Record<CauseCode, Place>>

/** The page on which somebody can do something about a cause; undefined where they can't. */
export function remedyOf(
  cause: string | null,
  dataflow: string,
  { role, seesQueues }: Pick<Surroundings, 'role' | 'seesQueues'>,
): { readonly name: string; readonly href: string } | undefined {
  const address = `/dataflows/${encodeURIComponent(dataflow)}`
  switch (PLACES[cause ?? '']) {
    case 'policy':
      return { name: 'Copy the policy that it needs', href: `${address}#policy` }
    case 'connection':
      return mayAct(role, 'admin') ? { name: 'Edit the connection', href: `${address}/edit` } : undefined
    case 'schedule':
      return mayAct(role, 'admin') ? { name: 'Change the schedule', href: `${address}/edit` } : undefined
    case 'quotas':
      return { name: 'See the quotas', href: '/quotas' }
    case 'queues':
      return seesQueues ? { name: 'See the queues', href: '/queues' } : undefined
    default:
      return undefined
  }
}

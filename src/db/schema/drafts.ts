import { sql } from 'drizzle-orm'
import { check, integer, jsonb, text } from 'drizzle-orm/pg-core'
import { bytea, identity, instant, poolkeeper } from './columns.ts'

/** Dataflows that somebody is still describing, so that nothing they typed is lost. */
export const drafts = poolkeeper.table(
  'drafts',
  {
    id: identity(),
    /** Whose it is: nobody else sees it. */
    owner: text().notNull(),
    /** What was answered so far, by field; never a secret. */
    answers: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
    /** {secretAccessKey, sessionToken?} sealed as a dataflow's are: see `src/dataflow/seal.ts`. */
    sealed: bytea(),
    keyId: text('key_id'),
    /** What Cognito told of its pool when it was last asked; null before that, and once another pool or key was named. */
    found: jsonb().$type<Readonly<Record<string, unknown>>>(),
    /** For a role's trust policy, which is written before the dataflow is there. */
    externalId: text('external_id').notNull(),
    /** Raised by each answer: two windows don't overwrite each other unseen. */
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [check('drafts_sealed', sql`(${table.sealed} is null) = (${table.keyId} is null)`)],
)

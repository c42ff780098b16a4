import { AskError } from '../errors.ts'
import type { SourceTable } from './sourceTable.ts'
import { groupMembers } from './tables/groupMembers.ts'
import { groups } from './tables/groups.ts'
import { identityProviders } from './tables/identityProviders.ts'
import { resourceServers } from './tables/resourceServers.ts'
import { userImportJobs } from './tables/userImportJobs.ts'
import { userPool } from './tables/userPool.ts'
import { userPoolClients } from './tables/userPoolClients.ts'
import { users } from './tables/users.ts'

/** Every table that can be imported, by the name that people choose it by. A further one is a file under `tables/`. */
export const CATALOGUE: ReadonlyMap<string, SourceTable> = new Map(
  [
    ...[users, groups, groupMembers],
    ...[userPool, userPoolClients, identityProviders, resourceServers, userImportJobs],
  ].map((table) => [table.source, table]),
)

/** Their names. */
export const SOURCES: readonly string[] = [...CATALOGUE.keys()]

/** Those that a new dataflow imports when nobody chose. */
export const DEFAULT_SOURCES: readonly string[] = SOURCES.filter((source) => CATALOGUE.get(source)?.byDefault)

/** @throws AskError 'not-found' for a table that only another version of Poolkeeper knows. */
export function sourceTable(source: string): SourceTable {
  const table = CATALOGUE.get(source)
  if (table) return table
  throw new AskError('not-found', `This version of Poolkeeper knows no table ${source}.`, 'Choose the tables again.')
}

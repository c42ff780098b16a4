import type { Cloud } from '../cloud.ts'
import { maxResultsOf, optionalMaxResultsOf } from '../parameters.ts'
import { wire } from '../wire.ts'
import { type Call, cognito, numbered, type Operations, pageOf, poolOf } from './call.ts'

/** What is listed of a pool, and described nowhere else. */
export const RESOURCE_OPERATIONS: Operations = {
  ListResourceServers: cognito('UserPoolResourceRead', listResourceServers),
  ListUserImportJobs: cognito('UserPoolResourceRead', listUserImportJobs),
}

function listResourceServers(cloud: Cloud, call: Call) {
  const limit = optionalMaxResultsOf(call.input, { most: 50 })
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'NextToken', limit, [pool.id], (after) => numbered(pool.resourceServers(), after))
  return { ResourceServers: page.entries.map(({ item }) => item), NextToken: page.token }
}

function listUserImportJobs(cloud: Cloud, call: Call) {
  const limit = maxResultsOf(call.input)
  const pool = poolOf(cloud, call)
  const page = pageOf(cloud, call, 'PaginationToken', limit, [pool.id], (after) => numbered(pool.importJobs(), after))
  return { UserImportJobs: page.entries.map(({ item }) => wire(item)), PaginationToken: page.token }
}

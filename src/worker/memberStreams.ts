import { membersPerUser } from '../cognito/tables/groupMembers.ts'
import { groupNames } from '../cognito/tables/groups.ts'
import type { Transaction } from '../db/database.ts'
import { readMembersPerUser } from '../run/membersPerUser.ts'
import { addStreams, type Claim } from '../run/tasks.ts'
import { snapshotShapes } from '../snapshot/shapes.ts'
import { tablesToRead } from './someTables.ts'

/** A page of groups, and how many groups came before it. */
export interface GroupsRead {
  readonly read: { readonly records: readonly unknown[] }
  readonly rowsBefore: number
}

/**
 * Adds a stream for the members of each group that a page found, or one that asks each user, once there are more groups
 * than users. The label counts the groups instead of naming them: what people typed into Cognito does not go to Redis.
 * Call it under `lockRun`.
 */
export async function addMemberStreams(
  tx: Transaction,
  { run }: Claim,
  { read, rowsBefore }: GroupsRead,
): Promise<void> {
  const tables = tablesToRead(await snapshotShapes(tx, run.id))
  if (!tables.some(({ source }) => source === 'group_members')) return
  const groups = rowsBefore + read.records.length
  if (membersPerUser({ users: run.estimatedUsers ?? 0, groups })) return readMembersPerUser(tx, run.id)
  const streams = groupNames(read.records).map((group, index) => ({
    stream: { source: 'group_members', group },
    label: `group_members · group ${rowsBefore + index + 1}`,
  }))
  await addStreams(tx, run.id, streams)
}

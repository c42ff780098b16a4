import type { SourceName, SourceTable } from './sourceTable.ts'
import { groupMembers } from './tables/groupMembers.ts'
import { groups } from './tables/groups.ts'
import { users } from './tables/users.ts'

/** Every table that can be imported. A further one is a file under `tables/` and a line here. */
export const CATALOGUE: Readonly<Record<SourceName, SourceTable>> = { users, groups, group_members: groupMembers }

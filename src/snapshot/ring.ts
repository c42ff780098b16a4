import { type SQL, sql } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import type { Place } from '../db/schema/snapshots.ts'
import { partitionOf, type StagedTable } from './stage.ts'

/**
 * A run's walk along the users, who stand in a ring: by their last change, and behind the newest the oldest again. So
 * whoever changes moves to where the walk is going, and everybody comes round in time.
 */
export interface Walk {
  /** The last user of the run before; null begins with the oldest. */
  readonly from: Place | null
  /** The last user of this run; null before the first. */
  readonly to: Place | null
}

/** A user on the ring. */
export interface RingUser extends Place {
  readonly username: string | null
}

/**
 * The users that come next on a walk, until it is back where it began.
 * @param users the table of the run's users, finished: everybody stands in it once. It is looked through for each call (0.3
 *   to 0.7 s for a million, measured), so take many at a time.
 */
export async function nextOnRing(db: Queryable, users: StagedTable, walk: Walk, limit: number): Promise<RingUser[]> {
  const behindFirst = walk.from ? sql`${position('u')} > ${place(walk.from)} desc, ` : sql``
  return db.execute<RingUser & Record<string, unknown>>(sql`
    select coalesce(u.last_modified_at, '-infinity')::text as at, u.sub, u.username
    from ${partitionOf(users)} u where not ${isRead('u', walk)}
    order by ${behindFirst}${columns('u')} limit ${limit}`)
}

/** Whether a walk has come past a user. @param user the alias of the users' table */
export function isRead(user: string, { from, to }: Walk): SQL {
  if (to === null) return sql`false`
  const notYetBehind = sql`${position(user)} <= ${place(to)}`
  if (from === null) return sql`(${notYetBehind})`
  const behindStart = sql`${position(user)} > ${place(from)}`
  return sql`(case when ${place(to)} > ${place(from)} then ${behindStart} and ${notYetBehind}
    else ${behindStart} or ${notYetBehind} end)`
}

/** By bytes: the order of a language may change with the server's operating system. */
function columns(user: string): SQL {
  const of = sql.identifier(user)
  return sql`coalesce(${of}.last_modified_at, '-infinity'), ${of}.sub collate "C"`
}

const position = (user: string) => sql`(${columns(user)})`

function place({ at, sub }: Place): SQL {
  return sql`(${at}::timestamptz, ${sub}::text collate "C")`
}

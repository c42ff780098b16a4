import { sql } from 'drizzle-orm'
import { LATE_SINCE } from '../dataflow/freshness.ts'
import type { Database } from '../db/database.ts'
import { announce } from '../run/announce.ts'

interface Late extends Record<string, unknown> {
  readonly id: number
  readonly name: string
  readonly minutes: number
  readonly since: string
}

/**
 * Tells of the dataflows that have become late, each once until it succeeds again: of several schedulers that see it, one
 * writes it down.
 * @returns how many were told of.
 */
export async function tellOfLate(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    // whose target was changed is in time again without a success, and may become late once more
    await tx.execute(sql`delete from poolkeeper.alerts a where a.event = 'dataflow.late' and not exists (
      select from poolkeeper.dataflows d where d.id::text = a.subject and ${LATE_SINCE} is not null)`)
    const late = await tx.execute<Late>(sql`
      with late as (
        select d.id, d.name, d.freshness_minutes as minutes, ${LATE_SINCE} as since from poolkeeper.dataflows d
        where d.freshness_minutes is not null and d.removed_at is null
      ), told as (
        insert into poolkeeper.alerts (event, subject)
        select 'dataflow.late', id::text from late where since is not null order by id
        on conflict do nothing returning subject
      )
      select late.* from late join told on told.subject = late.id::text`)
    for (const dataflow of late) await announce(tx, announcementOf(dataflow))
    return late.length
  })
}

function announcementOf({ id, name, minutes, since }: Late) {
  const description = `It has been without a success for longer than its freshness target of ${minutes} min, which passed at ${new Date(since).toISOString()}. See \`poolkeeper history ${name}\`, and \`poolkeeper doctor\` if nothing ran.`
  return { event: 'dataflow.late', dataflowId: id, facts: { dataflow: name, description } } as const
}

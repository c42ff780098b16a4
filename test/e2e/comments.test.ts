import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { SOURCES } from '../../src/cognito/catalogue.ts'
import { createLine, type Line } from '../support/line.ts'

/** Everything in a dataflow's schemas that people can look at with `\d+`, with its comment; partitions are no tables of theirs. */
function comments({ db }: Line) {
  return db.execute<{ place: string; comment: string | null }>(sql`
    select concat_ws('.', n.nspname, c.relname, a.attname) as place, d.description as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname like 'commented%'
    cross join lateral (select null as attname, 0 as attnum union all
      select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) a
    left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum
    where c.relkind in ('p', 'v')`)
}

test('every table, view and column tells in a comment what it holds, before the first run and after a schema change', async () => {
  const line = await createLine({ users: 5, groups: 1 })
  await line.startHere()
  const tables = SOURCES.map((source) => ({ source, purpose: 'All' as const }))
  const dataflow = await line.createDataflow({ name: 'Commented', tables })
  const silent = async () => (await comments(line)).filter(({ comment }) => !comment)
  expect(await silent()).toEqual([])

  const [plan] = line.sandbox.pool.schema.filter(({ Name }) => Name === 'custom:plan')
  if (plan) line.sandbox.pool.schema.push({ ...plan, Name: 'custom:since' })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(await silent()).toEqual([])
  expect(await comments(line)).toContainEqual({
    place: 'commented.users.custom_since',
    comment: 'custom:since: a custom attribute (String)',
  })
})

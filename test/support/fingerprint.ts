import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { expectedTables } from './expected.ts'

/** What a reader sees of all tables of a dataflow in one statement, as one text: whole snapshots are told apart by it. */
export async function look(reader: postgres.Sql, schema: string): Promise<string> {
  const of = (table: string) => reader`${reader(schema)}.${reader(table)}`
  const [row] = await reader<{ seen: string }[]>`select concat_ws(' ',
    (select count(*) from ${of('users')}), (select count(*) from ${of('groups')}), (select count(*) from ${of('group_members')}),
    (select md5(string_agg(sub || ' ' || coalesce(nickname, ''), ',' order by sub collate "C")) from ${of('users')}),
    (select md5(string_agg(group_name || ' ' || sub, ',' order by group_name collate "C", sub collate "C"))
      from ${of('group_members')})) as seen`
  return row?.seen ?? ''
}

/** What `look` sees before anything is published. */
export const NOTHING = '0 0 0'

/** What `look` has to see once the pool as it is now is published. */
export function fingerprint(sandbox: Pick<Sandbox, 'users' | 'groups' | 'members'>): string {
  const { users, groups, group_members } = expectedTables(sandbox)
  const named = users.map(({ sub, nickname }) => `${sub} ${nickname ?? ''}`).toSorted(byBytes)
  const members = group_members.toSorted(
    (a, b) => byBytes(String(a.group_name), String(b.group_name)) || byBytes(String(a.sub), String(b.sub)),
  )
  const memberships = members.map(({ group_name, sub }) => `${group_name} ${sub}`)
  const counts = [users.length, groups.length, group_members.length]
  // an aggregate over no rows is null, which concat_ws leaves out
  return [...counts, ...[named, memberships].filter((texts) => texts.length > 0).map(md5)].join(' ')
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function md5(texts: readonly string[]): string {
  return createHash('md5').update(texts.join(',')).digest('hex')
}

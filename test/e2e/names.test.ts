import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { subOf } from '../support/expected.ts'
import { createLine } from '../support/line.ts'

/** 20 characters of three bytes each: with its prefix longer than the 63 bytes that a name of Postgres's has. */
const LONG = '漢字漢字漢字漢字漢字漢字漢字漢字漢字漢'
const LONG_NAMES = [`${LONG}一`, `${LONG}二`]

const NAMES = [
  ...['custom:select', 'custom:user', 'custom:table', 'custom:primary', 'custom:null'],
  ...['custom:a', 'dev:custom:a', 'dev:custom:A', 'custom:plan', 'custom:Plan', 'custom:PLAN'],
  ...['custom:"quoted"', "custom:it's", 'custom:back\\slash', 'custom:a.b', 'custom:$1', 'custom:50%', 'custom:a;--'],
  ...['custom:snapshot_id', 'custom:sub', 'custom:raw_values', 'custom:ctid', 'custom:🦜'],
  ...LONG_NAMES.map((name) => `custom:${name}`),
  ...LONG_NAMES.map((name) => `dev:custom:${name}`),
]

test('attributes named like keywords, with quotes, longer than 63 bytes or alike but for their case have columns of their own', async () => {
  const line = await createLine({ users: 3, groups: 0 })
  await line.startHere()
  line.sandbox.pool.schema.push(
    ...NAMES.filter((name) => name !== 'custom:plan').map((Name) => ({
      ...{ Name, AttributeDataType: 'String' as const },
      ...{ DeveloperOnlyAttribute: false, Mutable: true, Required: false },
    })),
  )
  const [user] = [...line.sandbox.users()]
  const sub = subOf(user ?? {}) ?? ''
  line.sandbox.pool.poison(sub, { attributes: Object.fromEntries(NAMES.map((name) => [name, `the value of ${name}`])) })

  const dataflow = await line.createDataflow({
    ...{ name: 'Odd', tables: [{ source: 'users', purpose: 'All' }] },
    treatments: { users: { 'custom_"quoted"': 'mask', custom_A: 'drop', dev_custom_A: 'drop' } },
  })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })
  expect(await line.run(dataflow)).toMatchObject({ tables: [{ rows: 3, added: 0, removed: 0, changed: 0 }], notes: [] })

  const columns = await columnsByAttribute(line.db)
  expect([...columns.keys()].sort()).toEqual([...NAMES].sort())
  expect(new Set(columns.values()).size).toBe(NAMES.length)
  for (const name of columns.values()) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63)
  for (const [attribute, column] of columns) {
    const rows = await line.db.execute(sql`select ${sql.identifier(column)} as value from odd.users where sub = ${sub}`)
    expect(rows, attribute).toEqual([{ value: treated(attribute, `the value of ${attribute}`) }])
  }
})

function treated(attribute: string, value: string): string | null {
  if (attribute === 'dev:custom:A') return null
  return attribute === 'custom:"quoted"' ? 't***' : value
}

/** As a person finds them: by the comments, which begin with the attribute's name or say first how it is treated. */
async function columnsByAttribute(db: Database): Promise<Map<string, string>> {
  const found = (await findColumns(db)).flatMap(({ name, comment }) => {
    const attribute = /^(?:Masked: |Dropped: always null\. )?((?:dev:)?custom:.+): a custom attribute/.exec(
      comment,
    )?.[1]
    return attribute && NAMES.includes(attribute) ? [[attribute, name] as const] : []
  })
  return new Map(found)
}

function findColumns(db: Database) {
  return db.execute<{ name: string; comment: string }>(sql`
    select attname as name, col_description(attrelid, attnum) as comment
    from pg_attribute where attrelid = 'odd.users'::regclass and attnum > 0`)
}

import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { editDataflow } from '../../src/dataflow/edit.ts'
import { type Program, programOf } from '../dashboard/api/visitor.ts'
import { openDashboardForTest, signedIn } from '../dashboard/visitor.ts'
import { createLine } from '../support/line.ts'

/** Each is a name that Cognito takes: up to 20 letters, marks, symbols, digits and punctuation. */
const NAMES = [
  'a"b',
  "x');drop--",
  '=cmd|calc',
  'a.b[0]',
  '<script>alert(1)//',
  '__proto__',
  'constructor',
  `\${x}%_\\`,
  'a=b~c',
  'a=b',
  'ctid',
]

const VALUES = [
  '<script>alert(1)</script>',
  '=HYPERLINK("http://evil.example")',
  `'; drop schema customerpool cascade; --`,
  '"><img src=x onerror=alert(1)>',
  `\${7*7}{{7*7}}`,
  '__proto__',
  'a,b\r\n"c"',
  '\u202egpj.exe',
  '\\N',
  '%_',
  '(0,1)',
]

const PATH = '/databases/customerpool/users'

/** The one row with a value in a column, found by a filter on it. */
async function found(program: Program, column: string, value: string) {
  const { status, body } = await program('GET', `${PATH}/rows?filter=${encodeURIComponent(`${column}=${value}`)}`)
  expect([column, status]).toEqual([column, 200])
  return body.items
}

test('attributes of hostile names and values are nothing but columns and texts, from the pool to the file', async () => {
  const line = await createLine({ users: 2, groups: 0 })
  const { pool } = line.sandbox
  const [plan] = pool.schema.filter(({ Name }) => Name === 'custom:plan')
  if (!plan) throw new TypeError('the pool has no custom attribute to be like')
  for (const name of NAMES) pool.schema.push({ ...plan, Name: `custom:${name}` })
  const hostile = Object.fromEntries(NAMES.map((name, n) => [`custom:${name}`, VALUES[n] ?? '']))
  line.sandbox.addUser({ username: 'mallory', attributes: { ...hostile, email: 'mallory@example.com' } })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'CustomerPool', tables: [{ source: 'users', purpose: 'All' }] })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded', warnings: 0 })

  const url = await openDashboardForTest(line)
  const program = await programOf(url, line.db)
  const columns = NAMES.map((name) => `custom_${name}`)
  const described = (await program('GET', PATH)).body.columns.map(({ name }: { name: string }) => name)
  expect(described).toEqual(expect.arrayContaining(columns))
  for (const [n, column] of columns.entries()) {
    expect(await found(program, column, VALUES[n] ?? '')).toMatchObject([{ username: 'mallory' }])
    const sorted = await program('GET', `${PATH}/rows?limit=1&sort=${encodeURIComponent(column)}`)
    expect(sorted.body.items[0][column]).toBe(VALUES[n])
    expect((await program('GET', `${PATH}/rows?sort=-sub&cursor=${sorted.body.next}`)).status).toBe(200)
  }
  const lines = (await program('GET', `${PATH}/export?format=ndjson`)).body.trim().split('\n')
  expect(lines.map((text: string) => JSON.parse(text))).toContainEqual(
    expect.objectContaining(Object.fromEntries(columns.map((column, n) => [column, VALUES[n]]))),
  )
  expect((await program('GET', `${PATH}/export`)).body).toContain(`"'=HYPERLINK(""http://evil.example"")"`)

  const masked = Object.fromEntries(columns.map((column) => [column, 'mask' as const]))
  await editDataflow(line.db, line.keys, 'CustomerPool', { treatments: { users: masked } })
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  const rows = await line.db.execute<Record<string, unknown>>(sql`
    select * from customerpool.users where username = 'mallory'`)
  expect(columns.map((column) => rows[0]?.[column])).toEqual(VALUES.map((value) => `${[...value][0]}***`))

  const visit = await signedIn(url, line.db)
  for (const path of ['/', '/runs', '/runs/1', '/runs/2', '/api/docs']) {
    expect(await (await visit(path)).text()).not.toMatch(/<script>|<img src=x/)
  }
  expect(({} as Record<string, unknown>).custom_plan).toBeUndefined()
})

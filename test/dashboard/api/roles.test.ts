import { beforeAll, describe, expect, test } from 'vitest'
import { mayAct, ROLES } from '../../../src/access/caller.ts'
import { type OperationName, ROUTES, type Route } from '../../../src/api/routes.ts'
import { audit } from '../../../src/db/schema/access.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { seedDataflow, seedPublished, seedRun } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Answer, type Program, programOf } from './visitor.ts'

const ALL = Object.entries(ROUTES) as [OperationName, Route][]

/** What it takes for an operation to get as far as looking for what it is about; where nothing is said, nothing. */
const BODIES: Partial<Record<string, unknown>> = {
  editDataflow: { description: 'Mine now' },
  removeDataflow: { confirm: 'TheirPool' },
}
const QUERIES: Partial<Record<string, string>> = { exportRows: '?format=csv' }

let database: TestDatabase
let url: string
/** Whose dataflow the others may not see, and what there is of it. */
let theirs: Readonly<Record<string, string | number>>
let ours: number

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url })
  url = dashboard.url
  ours = await seedDataflow(database.db, { name: 'OurPool' })
  const id = await seedDataflow(database.db, { name: 'TheirPool' })
  const run = await seedRun(database.db, id, { state: 'failed', cause: 'internal', description: 'TheirPool broke.' })
  await seedPublished(database.db, id, run)
  theirs = { name: 'TheirPool', run, schema: 'theirpool', table: 'users', token: 1, webhook: 1, reader: 1, draft: 1 }
  return dashboard.close
})

/** Calls an operation about these things. */
function call(program: Program, name: OperationName, about: typeof theirs): Promise<Answer> {
  const { method, path }: Route = ROUTES[name]
  const place = path.replaceAll(/\{(\w+)\}/g, (_, param: string) => String(about[param]))
  const body = method === 'get' ? undefined : (BODIES[name] ?? {})
  return program(method.toUpperCase() as 'GET', place + (QUERIES[name] ?? ''), body)
}

describe.each(ROLES)('with a token of a %s', (role) => {
  const refused = ALL.filter(([, route]) => !mayAct(role, route.role))

  test.runIf(refused.length > 0)('whatever takes more is refused, before anything else is said', async () => {
    const program = await programOf(url, database.db, { role, personal: false })
    for (const [name, route] of refused) {
      const { status, body } = await call(program, name, theirs)
      expect({ name, status, cause: body.cause }).toEqual({ name, status: 403, cause: 'forbidden' })
      expect(body.detail).toBe(`This takes the role ${route.role}, and you have the role ${role}.`)
    }
  })

  test('whatever is about everything is refused to one that is for some dataflows', async () => {
    const program = await programOf(url, database.db, { role, dataflows: [ours] })
    for (const [name, route] of ALL.filter(([, { everything }]) => everything)) {
      const { status } = await call(program, name, theirs)
      expect({ name, route, status }).toEqual({ name, route, status: 403 })
    }
  })
})

describe('with an admin’s token for another dataflow', () => {
  const about = ALL.filter(([, { path, everything }]) => path.includes('{') && !everything)

  test.each(about)('%s finds nothing, as if it did not exist', async (name) => {
    const program = await programOf(url, database.db, { dataflows: [ours] })
    const nothing = { ...theirs, name: 'NoSuchPool', run: 999_999, schema: 'nosuchpool' }
    const [hidden, missing] = [await call(program, name, theirs), await call(program, name, nothing)]
    expect({ name, status: hidden.status }).toEqual({ name, status: 404 })
    expect(wording(hidden)).toBe(wording(missing))
    // a name that is almost right is not put right
    const almost = await call(program, name, { ...theirs, name: 'TheirPoo', schema: 'theirpoo' })
    expect(JSON.stringify(almost.body)).not.toMatch(/TheirPool/i)
  })

  test('no list tells of it', async () => {
    const program = await programOf(url, database.db, { dataflows: [ours] })
    for (const [name, { method, path, everything }] of ALL) {
      if (method !== 'get' || path.includes('{') || everything) continue
      const { status, body } = await call(program, name, theirs)
      expect({ name, status }).toEqual({ name, status: 200 })
      expect(JSON.stringify(body), name).not.toMatch(/TheirPool/i)
    }
  })

  test('nothing of all that was written down as done', async () => {
    expect(await database.db.$count(audit)).toBe(0)
  })
})

/** What is said, whatever it is said of. */
const wording = ({ body: { detail, remedy, cause } }: Answer) =>
  `${cause} ${detail} ${remedy}`.replace(/TheirPool|NoSuchPool/gi, '…').replace(/\d+/g, '…')

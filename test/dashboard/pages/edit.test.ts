import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDataflow } from '../../../src/dataflow/create.ts'
import { openCredentials } from '../../../src/dataflow/credentials.ts'
import { type Dataflow, findDataflow } from '../../../src/dataflow/dataflow.ts'
import { ACCESS_KEY, example } from '../../dataflow/examples.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { ANA, operationsOf } from '../../support/operations.ts'
import { seedRun } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { fill, textOf } from './forms.ts'

const keys = freshKeys()
let database: TestDatabase
let url: string
let visit: Visitor
let ben: ReturnType<typeof operationsOf>
let made = 0
let name: string
let dataflow: Dataflow

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url, keys })
  url = dashboard.url
  visit = await signedIn(url, database.db)
  ben = operationsOf(database.db, { ...ANA, name: 'ben' }, keys)
  return dashboard.close
})

beforeEach(async () => {
  name = `Pool${++made}`
  dataflow = await createDataflow(
    database.db,
    keys,
    example({ name, tags: ['eu'], treatments: { users: { email: 'mask' } }, schedule: '30 2 * * *' }),
  )
})

const now = () => findDataflow(database.db, name)

describe('editing', () => {
  test('changes what somebody changed and nothing else', async () => {
    const { goTo } = await fill(visit, `/dataflows/${name}/edit`, { description: 'Mine', keepSnapshots: '9' })
    expect(goTo).toBe(`/dataflows/${name}`)
    const { updatedAt: _, ...before } = dataflow
    expect(await now()).toMatchObject({ ...before, description: 'Mine', keepSnapshots: 9, version: 2 })
    const { items } = await ben('listAudit', { dataflow: name })
    expect(items[0]?.details).toEqual({ settings: ['description', 'keepSnapshots'] })
  })

  test('of nothing changes nothing', async () => {
    await fill(visit, `/dataflows/${name}/edit`, {})
    expect(await now()).toMatchObject({ version: 1 })
  })

  test('keeps the secret unless another one is typed', async () => {
    await fill(visit, `/dataflows/${name}/edit`, { description: 'With its secret' })
    expect(await openCredentials(database.db, keys, dataflow.id)).toEqual(ACCESS_KEY)
    await fill(visit, `/dataflows/${name}/edit`, { 'credentials.secretAccessKey': 'another/secret' })
    expect(await openCredentials(database.db, keys, dataflow.id)).toMatchObject({ secretAccessKey: 'another/secret' })
  })

  test('of the pool takes the secret again, and says so at its field', async () => {
    const fields = { poolId: 'eu-west-1_Another1', region: '' }
    const { status, html } = await fill(visit, `/dataflows/${name}/edit`, fields)
    expect(status).toBe(422)
    expect(html).toContain('<a href="#credentials.secretAccessKey">')
    expect(html).toContain('value="eu-west-1_Another1"')
    expect((await now()).poolId).toBe(dataflow.poolId)
  })

  test('chooses tables and what is done to their columns', async () => {
    const fields = { table: ['users', 'groups'], 'treat.users.email': 'keep', 'treat.users.custom_plan': 'hash' }
    await fill(visit, `/dataflows/${name}/edit`, fields)
    expect((await now()).tables).toEqual([
      { source: 'users', purpose: 'All', treatments: { custom_plan: 'hash' } },
      { source: 'groups', purpose: 'All' },
    ])
    // an attribute of which only its treatment is known stays on the page
    expect(await (await visit(`/dataflows/${name}/edit`)).text()).toContain('name="treat.users.custom_plan"')
    await fill(visit, `/dataflows/${name}/edit`, { displayName: 'Another' })
    expect((await now()).tables[0]?.treatments).toEqual({ custom_plan: 'hash' })
  })

  test('tells who changed it meanwhile and what differs, and puts both together', async () => {
    const page = await (await visit(`/dataflows/${name}/edit`)).text()
    await ben('editDataflow', { name, body: { description: 'Ben’s', timeoutMinutes: 60 } })
    const mine = { description: 'Mine', keepSnapshots: '9' }
    const { status, html } = await fill(visit, `/dataflows/${name}/edit`, mine, page)
    expect(status).toBe(422)
    expect(await now()).toMatchObject({ description: 'Ben’s', keepSnapshots: 7 })
    expect(textOf(html)).toMatch(
      /ben changed this dataflow while you were typing .* Description Ben’s Mine Minutes that a run may take 60 nothing else/,
    )
    await fill(visit, `/dataflows/${name}/edit`, {}, html)
    expect(await now()).toMatchObject({ description: 'Mine', keepSnapshots: 9, timeoutMinutes: 60 })
  })

  test('is for admins', async () => {
    const operator = await signedInAs(url, database.db, { role: 'operator' })
    expect((await operator(`/dataflows/${name}/edit`)).status).toBe(403)
    expect((await operator(`/dataflows/${name}/remove`)).status).toBe(403)
  })
})

describe('removing', () => {
  test('lists what goes, and takes the name', async () => {
    const page = textOf(await (await visit(`/dataflows/${name}/remove`)).text())
    expect(page).toContain(`Remove ${name} and its 5 tables?`)
    expect(page).toContain(`${name.toLowerCase()}.users All none yet`)
    const wrong = await fill(visit, `/dataflows/${name}/remove`, { confirm: 'SomePool' })
    expect(textOf(wrong.html)).toContain(`That is not its name. Type ${name} to remove it.`)
    expect((await fill(visit, `/dataflows/${name}/remove`, { confirm: name })).goTo).toBe('/')
    await expect(now()).rejects.toMatchObject({ code: 'not-found' })
  })

  test('says which run it ends', async () => {
    const run = await seedRun(database.db, dataflow.id, { state: 'streaming', finishedAt: null })
    const page = textOf(await (await visit(`/dataflows/${name}/remove`)).text())
    expect(page).toContain(`Run ${run} , which is streaming: it ends as cancelled`)
  })
})

test('the setup guide says where everything is found, in words and in sketches', async () => {
  const html = await (await visit('/guide')).text()
  expect(html.match(/<svg class="sketch"[^>]*role="img" aria-label="[^"]{20,}"/g)).toHaveLength(6)
  const page = textOf(html)
  expect(page).toContain('Go to Cognito > User pools')
  expect(page).toContain('Go to IAM > Users > Security credentials')
})

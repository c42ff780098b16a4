import { sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { aDataflow, type TestDataflow } from '../../support/dataflows.ts'
import { diffsWaiting } from '../../support/diffs.ts'
import { aHeldImport, aPublishedImport, people, subsSeen } from '../../support/imports.ts'
import { seedRun } from '../seeds.ts'
import { openDashboard, signedIn, signedInAs, type Visitor } from '../visitor.ts'
import { wordsOf } from './forms.ts'

let database: TestDatabase
let visit: Visitor
let viewer: Visitor
let dataflow: TestDataflow
let first: number
let second: number
let path: string

beforeAll(async () => {
  database = await createTestDatabase()
  const { url, close } = await openDashboard({ databaseUrl: database.url })
  visit = await signedIn(url, database.db)
  viewer = await signedInAs(url, database.db, { role: 'viewer' })
  return close
})

beforeEach(async () => {
  const { db } = database
  const nextRunAt = new Date('2099-11-25T01:30:00Z')
  dataflow = await aDataflow(db, { schedule: '30 2 * * *', timezone: 'Europe/Berlin', nextRunAt, tags: ['eu'] })
  first = await aPublishedImport(db, dataflow, { users: people('ada', 'bob') })
  second = await aPublishedImport(db, dataflow, { users: [{ sub: 'ada', email: 'ada@example.org' }, ...people('eve')] })
  path = `/dataflows/${dataflow.name}`
})

const html = async (address: string, visitor = visit) => (await visitor(address)).text()

/** What a person reads: a page's text, with one space between words. */
async function read(address: string, visitor = visit): Promise<string> {
  return wordsOf(await html(address, visitor))
}

describe('the page of a dataflow', () => {
  test('shows how it stands, what readers see, and what the last import changed', async () => {
    const page = await read(path)
    expect(page).toContain(`${dataflow.name} ✓ Completed`)
    expect(page).toMatch(/2 rows in 2 tables just now last good import · .+ UTC – no freshness target/)
    expect(page).toContain('next run · 25 Nov 2099, 02:30 Europe/Berlin')
    expect(page).toMatch(new RegExp(`As run ${second} left them.+ users – 2 1 1 1 .+ group_members – 0 0 0 0`))
  })

  test('shows its schedule in words with the next five times, its settings and its policy', async () => {
    const page = await html(path)
    expect(page).toContain('At 02:30')
    expect(page.match(/<li><time/g)).toHaveLength(5)
    expect(await read(path)).toContain('Holds an import that removes more than 15 % and more than 20 rows of a table')
    expect(page).toContain('href="/?tag=eu"')
    expect(page).toContain('cognito-idp:ListUsers')
  })

  test('charts its runs and lists them as a table, a failed one without rows', async () => {
    await seedRun(database.db, dataflow.id, { state: 'failed', cause: 'network', description: 'The network failed.' })
    const page = await read(path)
    expect(page).toMatch(/✕ Failed .+ The network failed\. Run \d+ /)
    expect(page).toMatch(/View as table .+ ✕ Failed .+ – 1 min 0 s .+ ✓ Succeeded/)
    expect((await html(path)).match(/<rect class="bad"/g)).toHaveLength(1)
    expect((await html(path)).match(/class="dot good"/g)).toHaveLength(2)
  })

  test('lists what is kept and how much longer, and leads to a rollback', async () => {
    expect(await read(path)).toMatch(
      new RegExp(`${second} ✓ Published .+ while readers see it ${first} .+ for 6 more imports`),
    )
    expect(await html(path)).toContain(`${path}/rollback?to=${first}`)
  })

  test('of one that never ran says so, and what it will import', async () => {
    const { name } = await aDataflow(database.db)
    const page = await read(`/dataflows/${name}`)
    expect(page).toContain('– New')
    expect(page).toContain('Nothing has been imported yet')
    expect(page).toContain('It has not run yet.')
    expect(page).toContain('It runs when somebody asks for it.')
  })

  test('moves by itself while a run is under way', async () => {
    expect(await html(path)).not.toContain('every 2s')
    const run = await seedRun(database.db, dataflow.id, { state: 'streaming', finishedAt: null })
    expect(await html(path)).toContain('every 2s')
    expect(await read(path)).toContain(`Run ${run} is under way`)
  })

  test('offers a viewer nothing to change', async () => {
    const page = await html(path, viewer)
    expect(page).not.toMatch(/\/(rollback|run|edit|pause)\b["?]/)
    expect((await viewer(`${path}/rollback`)).status).toBe(403)
  })

  test('names what is meant where there is none', async () => {
    const { status } = await visit('/dataflows/NoSuchPool')
    expect(status).toBe(404)
  })
})

describe('the Rollback page', () => {
  const submit = (fields: Record<string, string>) =>
    visit(`${path}/rollback`, { method: 'POST', body: new URLSearchParams(fields) })
  const comingBack = () => submit({ from: String(second), to: String(first), pause: 'true' })

  test('is there before anything is compared, and asks for that by itself or by a link', async () => {
    const page = await html(`${path}/rollback`)
    expect(page).toContain(`hx-get="${path}/rollback?to=${first}&amp;compared=true"`)
    expect(page).toContain('hx-trigger="load"')
    expect(await read(`${path}/rollback`)).toMatch(
      new RegExp(`Roll back from run ${second} to run ${first}\\?.+Compare now.+so that the run at 25 Nov 2099, 02:30`),
    )
  })

  test('tells what changes, by table and column, in its title and on its button', async () => {
    const page = await read(`${path}/rollback?to=${first}&compared=true`)
    const effect = `Roll back to run ${first}: 1 user comes back, 1 leaves, 1 changes`
    expect(page).toContain(`${effect}?`)
    expect(page.match(new RegExp(effect, 'g'))).toHaveLength(2)
    expect(page).toMatch(/users 2 1 1 1 email 1 group_members 0 0 0 0 –/)
    expect(await html(`${path}/rollback?to=${first}&compared=true`)).not.toContain('hx-trigger')
  })

  test('rolls back at once, pauses the schedule if told so, and shows the way forward again', async () => {
    const { status, headers } = await comingBack()
    expect([status, headers.get('location')]).toEqual([303, path])
    expect(await subsSeen(database.db, dataflow)).toEqual(['ada', 'bob'])
    expect(await read(path)).toMatch(
      new RegExp(`Readers see run ${first}: it was rolled back from run ${second}, and the schedule is paused`),
    )
    expect(await html(path)).toContain(`${path}/rollback?to=${second}`)
    expect(await read(`${path}/rollback?to=${second}&compared=true`)).toContain(`Roll back to run ${second}: 1 user`)
    await submit({ from: String(first), to: String(second) })
    expect(await subsSeen(database.db, dataflow)).toEqual(['ada', 'eve'])
  })

  test('leaves the schedule alone if told so', async () => {
    await submit({ from: String(second), to: String(first) })
    expect(await read(path)).not.toContain('the schedule is paused')
  })

  test('rolls nothing back that was looked at before something else was published', async () => {
    await aPublishedImport(database.db, dataflow, { users: people('ada', 'zoe') })
    const refused = await comingBack()
    expect(refused.status).toBe(422)
    const page = await refused.text()
    expect(page).toContain('<title>Error: Roll back')
    expect(page).toContain(`no longer run ${second}. Nothing was rolled back. Look again at what would change.`)
    expect(await subsSeen(database.db, dataflow)).toEqual(['ada', 'zoe'])
  })

  test('shows what is held, to be decided about first', async () => {
    const held = await aHeldImport(database.db, dataflow, { users: people('ada') })
    for (const page of [await html(path), await html(`${path}/rollback`)]) {
      expect(page).toContain(`Run ${held} is held.`)
      expect(page).toContain(`/runs/${held}/approve`)
    }
    expect(await read(`${path}/rollback`)).toContain('until somebody decides')
  })

  test('says in its place that too much is being compared', async () => {
    let waiting: Promise<Response>[] = []
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`lock table only ${sql.identifier(dataflow.snapshotSchema)}.users in access exclusive mode`)
      waiting = Array.from({ length: 4 }, () => visit(`${path}/rollback?compared=true`))
      await vi.waitFor(async () => expect(await diffsWaiting(database.db)).toBe(4))
      expect(await read(`${path}/rollback?compared=true`)).toContain('4 comparisons of snapshots are under way.')
    })
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test('has nothing to offer where nothing else is kept', async () => {
    const { name } = await aDataflow(database.db)
    expect(await read(`/dataflows/${name}/rollback`)).toContain('There is no other snapshot to roll back to.')
  })
})

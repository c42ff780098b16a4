import type { Database } from '../../src/db/database.ts'
import { aDataflowWith, PEOPLE, publishRows } from '../dashboard/api/tables.ts'
import { seedDataflow, seedRun, seedStreams } from '../dashboard/seeds.ts'

/** What somebody may have written into any field that they can write into. */
export const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'`

/** A dataflow in each state, wherever possible with hostile words. @returns the addresses of all pages about them */
export async function seedPlaces(db: Database): Promise<readonly string[]> {
  const customers = await aDataflowWith(db, 'CustomerPool', PEOPLE)
  const published = await publishRows(db, customers, PEOPLE, [
    { sub: 'a1', email: HOSTILE, status: HOSTILE, enabled: true, identities: [{ userId: HOSTILE }] },
    { sub: 'b2', email: 'bob@example.com', status: 'CONFIRMED', enabled: false },
  ])
  await publishRows(db, customers, PEOPLE, [{ sub: 'a1', email: HOSTILE, status: HOSTILE, enabled: true }])
  const name = 'LongestNameThatSomebodyWouldGiveToAPool1'
  const hostile = await seedDataflow(db, { name, displayName: HOSTILE, description: HOSTILE, tags: [HOSTILE] })
  const words = { description: HOSTILE, requestedBy: HOSTILE, notes: [HOSTILE] }
  const failed = await seedRun(db, hostile, { state: 'failed', cause: 'permission-missing', ...words })
  const held = await seedRun(db, customers.id, { state: 'held', cause: 'guard', ...words })
  const nightly = { schedule: '30 2 * * *', timezone: 'Europe/Berlin', nextRunAt: new Date(Date.now() + 3_600_000) }
  const moving = await seedDataflow(db, { name: 'MovingPool', ...nightly })
  const streaming = await seedRun(db, moving, { state: 'streaming', finishedAt: null })
  await seedStreams(db, moving, streaming)
  await seedDataflow(db, { name: 'NewPool' })
  return [
    ...['/', '/?group=status', '/?search=nothing', '/runs', '/queues', '/quotas', '/guide', '/api/docs'],
    ...[published, failed, held, streaming].map((run) => `/runs/${run}`),
    ...['', '/edit', '/runs', '/remove'].flatMap((page) => [
      `/dataflows/${name}${page}`,
      `/dataflows/CustomerPool${page}`,
    ]),
    ...[`/dataflows/CustomerPool/rollback?to=${published}`, '/dataflows/MovingPool', '/dataflows/NewPool'],
    ...['/databases', '/databases/customerpool', '/databases/customerpool/users', '/dataflows/new'],
    ...['tokens', 'tokens/new', 'audit', 'webhooks', 'webhooks/new', 'about'].map((page) => `/settings/${page}`),
  ]
}

import { once } from 'node:events'
import { startDashboard } from '../dashboard/server.ts'
import { EVERYTHING_GRANTED } from '../src/access/caller.ts'
import { createToken } from '../src/access/token.ts'
import type { Database } from '../src/db/database.ts'
import { createLogger } from '../src/logger.ts'
import { atMost, type Bench, median, type Outcome, round } from './bench.ts'
import { DATAFLOWS, NIGHTS, writeLongHistory } from './longHistory.ts'
import { NO_QUOTA, onStage, type Stage } from './stage.ts'

/** How often each page is asked for, one request after the other; the first ones still compile it. */
const TIMES = 30
const WARM_UP = 5
const GOAL_MS = 50

/** A pool that was really imported, for the pages that show rows. */
const USERS = 20_000

export const pages: Bench = {
  name: 'pages',
  measures: `every page of the dashboard, with ${DATAFLOWS.toLocaleString('en')} dataflows and ${(DATAFLOWS * NIGHTS).toLocaleString('en')} runs`,
  run: () => onStage({ users: USERS, groups: 50, quota: NO_QUOTA, latencyMs: 0 }, measure),
}

async function measure(stage: Stage): Promise<Outcome> {
  const run = await importTwice(stage)
  await writeLongHistory(stage.databaseUrl)
  const { get, close } = await openDashboard(stage)
  try {
    const rows = []
    for (const page of addresses(run)) rows.push({ page, ...(await timed(() => get(page))) })
    return { goals: rows.map(({ page, p95Ms }) => atMost(`ms for 19 of 20, ${page}`, p95Ms, GOAL_MS)), rows }
  } finally {
    await close()
  }
}

/** Whatever can be looked at. @param run one that imported */
const addresses = (run: number) => [
  ...['/', '/?group=status', '/?group=tag&sort=-rows', '/?status=failed%2Cheld', '/?search=99'],
  ...['/runs', '/runs?state=failed', `/runs/${run}`, '/dataflows/Pool500/runs'],
  ...['/dataflows/Pool500', '/dataflows/Customers', '/dataflows/Customers/rollback'],
  ...['/dataflows/new', '/dataflows/Customers/edit', '/dataflows/Customers/remove', '/guide'],
  ...[
    '/databases',
    '/databases/customers',
    '/databases/customers/users',
    '/databases/customers/users?sort=-created_at',
  ],
  ...['/quotas', '/settings/tokens', '/settings/audit', '/settings/webhooks', '/settings/about', '/api/docs'],
]

/** The processes end with it: what they would do about the runs that are written next is not what is measured. */
async function importTwice({ start, createDataflow, request, succeeded }: Stage): Promise<number> {
  const processes = [...(await start('worker', 1)), ...(await start('scheduler', 1))]
  const tables = ['users', 'groups', 'group_members'].map((source) => ({ source, purpose: 'All' as const }))
  const dataflow = await createDataflow({ name: 'Customers', tables })
  await succeeded(await request(dataflow))
  const { run } = await succeeded(await request(dataflow))
  await Promise.all(
    processes.map((process) => {
      process.kill('SIGTERM')
      return once(process, 'exit')
    }),
  )
  return run
}

interface OpenDashboard {
  get(address: string): Promise<string>
  close(): Promise<void>
}

async function openDashboard({ db, databaseUrl, redisUrl }: Stage): Promise<OpenDashboard> {
  const options = { host: '127.0.0.1', port: 0, databaseUrl, redisUrl, keys: [] }
  const logger = createLogger('bench', 'silent')
  const dashboard = await startDashboard({ ...options, cognitoEndpoint: undefined, oidc: undefined }, logger)
  const headers = { authorization: `Bearer ${await anAdminsToken(db)}` }
  return {
    async get(address) {
      const response = await fetch(dashboard.url + address, { headers })
      const page = await response.text()
      if (!response.ok) throw new Error(`${address} answered ${response.status}`)
      return page
    },
    async close() {
      await dashboard.quiet()
      await dashboard.stop()
    },
  }
}

async function anAdminsToken(db: Database): Promise<string> {
  const about = { name: 'bench', createdBy: 'bench', expiresAt: null }
  return (await createToken(db, { ...EVERYTHING_GRANTED, ...about })).secret
}

async function timed(get: () => Promise<string>) {
  const took: number[] = []
  let page = ''
  for (let time = 0; time < WARM_UP + TIMES; time++) {
    const began = performance.now()
    page = await get()
    if (time >= WARM_UP) took.push(performance.now() - began)
  }
  const p95 = took.toSorted((a, b) => a - b)[Math.ceil(TIMES * 0.95) - 1] ?? Number.NaN
  return { medianMs: round(median(took)), p95Ms: round(p95), kB: Math.round(Buffer.byteLength(page) / 1_000) }
}

import { sql } from 'drizzle-orm'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkClocks } from '../../src/cli/doctor/checkClocks.ts'
import { checkNode } from '../../src/cli/doctor/checkNode.ts'
import { checkPostgres } from '../../src/cli/doctor/checkPostgres.ts'
import { checkRedis } from '../../src/cli/doctor/checkRedis.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import { openProbe } from '../../src/queue/redis.ts'
import { example } from '../dataflow/examples.ts'
import { freshKeys } from '../dataflow/keys.ts'
import { createTestDatabase } from '../support/database.ts'
import { createLine, type Line } from '../support/line.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openSilentServer } from '../support/silentServer.ts'

const keys = freshKeys()

interface Finding {
  readonly check: string
  readonly status: string
  readonly detail: string
}

describe('the doctor', () => {
  test('finds nothing missing on servers that are ready', async () => {
    const { db } = await createTestDatabase()
    const redis = openProbe(await testRedisUrl())
    onTestFinished(() => redis.disconnect())
    const checks = [...(await checkNode()), ...(await checkPostgres(db, keys)), ...(await checkRedis(redis))]
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(checks).toContainEqual({ check: 'Control tables', status: 'ok', detail: 'up to date' })
  })

  test('finds a Node that is too old, and takes 20.100 for newer than 20.19', async () => {
    expect(await checkNode('18.20.4')).toEqual([
      { check: 'Node', status: 'failed', detail: 'Node 18.20.4 is too old; Poolkeeper needs 20.19 or newer.' },
    ])
    expect(await checkNode('20.100.0')).toMatchObject([{ status: 'ok' }])
  })

  test('finds migrations that have not been run', async () => {
    const { db } = await createTestDatabase()
    await db.execute(sql`delete from drizzle.__drizzle_migrations`)
    expect(await checkPostgres(db, keys)).toContainEqual({
      check: 'Control tables',
      status: 'failed',
      detail: expect.stringMatching(/^\d migrations have not been run. Run `poolkeeper migrate`.$/),
    })
  })

  test('finds a key that is missing', async () => {
    const { db } = await createTestDatabase()
    await createDataflow(db, keys, example())
    const findings = await checkPostgres(db, freshKeys())
    expect(findings).toContainEqual({
      check: 'Keys',
      status: 'failed',
      detail: expect.stringContaining(`1 dataflow under ${keys[0]?.id}`),
    })
  })

  test('says whose clock is off: its own where all others agree against it', () => {
    const postgres = { whose: 'Postgres', aheadMs: 3_600_200 }
    const redis = { whose: 'Redis', aheadMs: 3_599_900 }
    expect(
      checkClocks([
        { ...postgres, aheadMs: -1_500 },
        { ...redis, aheadMs: 12 },
      ]),
    ).toEqual([{ check: 'Clock', status: 'ok', detail: "within 2 s of Postgres's and Redis's" }])
    expect(checkClocks([postgres, redis])[0]?.detail).toMatch(
      /^This machine's clock is 3,600 s behind Postgres's and Redis's\. Set it by NTP/,
    )
    const aws = { whose: 'AWS', aheadMs: -400 }
    expect(checkClocks([{ ...postgres, aheadMs: -2_500 }, { ...redis, aheadMs: 0 }, aws])).toEqual([
      { check: 'Clock', status: 'warning', detail: expect.stringContaining("Postgres's clock is 3 s behind this") },
    ])
    expect(checkClocks([{ ...redis, aheadMs: 0 }, postgres])[0]?.status).toBe('failed')
  })
})

describe('poolkeeper doctor', () => {
  test('finds all well, and a warning where no process is up', async () => {
    const line = await createLine({ users: 20, groups: 1 })
    await line.createDataflow({ name: 'Healthy' })
    const { code, findings } = await examine(line)
    expect(code).toBe(0)
    expect(failedOf(findings)).toEqual([])
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          check: 'Clock',
          status: 'ok',
          detail: "within 2 s of Postgres's, Redis's, and AWS's",
        }),
        expect.objectContaining({ check: 'Healthy', status: 'ok', detail: expect.stringContaining('about 20 users') }),
        expect.objectContaining({ check: 'Schedulers', status: 'warning' }),
        expect.objectContaining({ check: 'Workers', status: 'warning' }),
      ]),
    )
  })

  test('counts the processes that are up', async () => {
    const line = await createLine({ users: 5, groups: 0 })
    await line.startHere(['scheduler', 'worker', 'worker'])
    const { findings } = await examine(line)
    expect(detailOf(findings, 'Schedulers')).toBe('1 up')
    expect(detailOf(findings, 'Workers')).toBe('2 up, with 0 tasks to do')
  })

  test('finds work that nobody takes', async () => {
    const line = await createLine({ users: 5, groups: 0 })
    const dataflow = await line.createDataflow({ name: 'Waiting', schedule: '0 3 * * *' })
    await line.request(dataflow)
    await line.db.execute(sql`update poolkeeper.tasks set moved_at = now() - interval '2 minutes'`)
    await line.db.execute(sql`update poolkeeper.dataflows set next_run_at = now() - interval '2 minutes'`)
    const { code, findings } = await examine(line)
    expect(code).toBe(1)
    expect(detailOf(findings, 'Schedulers')).toContain('1 tasks have not been handed out and 1 schedules are overdue')
    expect(detailOf(findings, 'Workers')).toBe('None is up, and 1 tasks wait. Start some: `poolkeeper worker`.')
  })

  test('names each dataflow that Cognito does not let in, with the cause and what to do', async () => {
    const line = await createLine({ users: 5, groups: 1 })
    const credentials = { kind: 'access-key' as const, ...line.sandbox.credentials }
    await line.createDataflow({ name: 'Fine' })
    await line.createDataflow({ name: 'Gone', poolId: 'eu-central-1_Elsewhere' })
    await line.createDataflow({ name: 'Keyless', credentials: { ...credentials, accessKeyId: 'AKIAUNKNOWN000000000' } })
    const { code, stderr, findings } = await examine(line)
    expect(code).toBe(1)
    expect(detailOf(findings, 'Fine')).toMatch(/^Cognito lets it read/)
    expect(detailOf(findings, 'Gone')).toContain('User pool eu-central-1_Elsewhere does not exist')
    expect(detailOf(findings, 'Keyless')).toContain('Check that the access key id is right')
    expect(stderr).toContain('Gone: User pool')
    expect(stderr).not.toContain('Fine')
  })

  test('finds servers that do not answer, and fails', async () => {
    const line = await createLine({ users: 1 })
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }
    const { code, findings } = await examine(line, nowhere)
    expect(code).toBe(1)
    expect(findings).toMatchObject([
      { check: 'Node', status: 'ok' },
      { check: 'Configuration', status: 'ok' },
      { check: 'Postgres', status: 'failed', detail: expect.stringContaining('ECONNREFUSED') },
      { check: 'Redis', status: 'failed', detail: expect.stringMatching(/ECONNREFUSED.*Check REDIS_URL/) },
    ])
  })

  test('ends within 20 s where Postgres, Redis and Cognito accept connections and say nothing', async () => {
    const line = await createLine({ users: 1 })
    await line.createDataflow({ name: 'Silent' })
    const silent = await openSilentServer()
    const started = performance.now()
    const [{ findings: ofServers }, { findings: ofCognito }] = await Promise.all([
      examine(line, { DATABASE_URL: `postgres://a:b@${silent}/c`, REDIS_URL: `redis://${silent}` }),
      examine(line, { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://${silent}` }),
    ])
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(failedOf(ofServers)).toEqual(['Postgres', 'Redis'])
    expect(failedOf(ofCognito)).toEqual(['Silent'])
    expect(detailOf(ofCognito, 'Silent')).toMatch(/^No answer within 12 s\. Check this machine's network and proxy/)
  })
})

/** Runs `poolkeeper doctor --json` on a line's servers. */
async function examine(line: Line, otherwise: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await line.startWith(otherwise, 'doctor', '--json').finished
  const { checks }: { checks: Finding[] } = JSON.parse(stdout)
  return { code, stderr, findings: checks }
}

function failedOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ status }) => status === 'failed').map(({ check }) => check)
}

function detailOf(findings: readonly Finding[], check: string): string | undefined {
  return findings.find((finding) => finding.check === check)?.detail
}

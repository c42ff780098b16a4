import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import type { Dataflow } from '../../src/dataflow/dataflow.ts'
import { openDashboardForTest, signedIn } from '../dashboard/visitor.ts'
import { openReader, subOf } from '../support/expected.ts'
import { bullBoard, controlTables, dashboardPages, expectSilence, redisContent, watchRedis } from '../support/leaks.ts'
import { createLine, type Line } from '../support/line.ts'
import { openReceiver } from '../support/receiver.ts'
import { SOON } from '../support/watching.ts'
import { aWebhook } from '../support/webhooks.ts'
import { figure } from './round.ts'

/** What people typed into Cognito: values of a user, their group's name, and the name of the sandbox's second group. */
const CANARIES = [
  ...['CanaryName', 'canary@example.com', 'CanaryUsername', 'CanaryCustom', 'CanaryNul', 'CanaryNumber'],
  ...['CanaryRejected', 'CanaryGroup', 'CanaryDescription', 'quipe'],
]

test("no secret and nobody's data gets into Redis, logs, Bull Board, the dashboard, errors, history or what webhooks are told, whatever goes wrong", async () => {
  const line = await createLine({ users: 150, groups: 2 })
  addCanaries(line)
  const commands = await watchRedis(line)
  const receiver = await openReceiver()
  const webhook = await aWebhook(line.db, { url: `${receiver.url}?CanaryAddress` }, line.keys)
  const env = { LOG_LEVEL: 'trace', POOLKEEPER_WEBHOOK_HOSTS: receiver.host }
  const processes = ['scheduler', 'worker'].map((name) => line.startWith(env, name))
  const dataflow = await line.createDataflow({ name: 'Canary' })

  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  await expectPublished(line)
  expect(await runThroughFaults(line, dataflow)).toMatchObject({ state: 'succeeded' })
  const secrets = [...secretsOf(line), ...(await runWithWrongCredentials(line))]
  const unexpected = [await refuseRows(line, dataflow), await refusePublish(line)]
  for (const run of unexpected) expect(await line.ended(run)).toMatchObject({ state: 'failed', cause: 'internal' })
  line.sandbox.faults.add({ kind: 'poolDeleted' })
  const last = await line.run(dataflow)
  expect(last).toMatchObject({ state: 'failed', cause: 'pool-not-found' })
  const told = () => receiver.received.map(({ body }) => body).join()
  await vi.waitFor(() => expect(told()).toContain(`"run":${last.run},`), SOON)

  const visit = await signedIn(await openDashboardForTest(line), line.db)
  const runs = Array.from({ length: last.run }, (_, before) => before + 1)
  const places = {
    'what was sent to Redis': commands(),
    'what is kept in Redis': await redisContent(line),
    'the output of the processes': processes.map((one) => one.output()).join(),
    'the control tables': await controlTables(line),
    'the history as JSON': (await line.command('history', '--json')).stdout,
    'Bull Board': await bullBoard(visit),
    'the dashboard': await dashboardPages(visit, runs),
    'what a webhook was told': told(),
  }
  expectSilence(places, [...secrets, ...CANARIES, 'CanaryAddress', webhook.secret ?? ''])
  expect(places['what was sent to Redis']).toContain('poolkeeper-stream')
  expect(places['Bull Board']).toContain('Something unexpected happened')
  expect(places['the dashboard']).toContain('Something unexpected happened')
  figure('canaries', secrets.length + CANARIES.length)
  figure('runs, each through another fault', last.run)
  figure('characters searched', Object.values(places).join('').length)
})

function addCanaries({ sandbox }: Line): void {
  const date = new Date()
  sandbox.pool.addGroup({
    ...{ GroupName: 'CanaryGroup', Description: 'CanaryDescription' },
    ...{ CreationDate: date, LastModifiedDate: date },
  })
  const attributes = {
    name: 'CanaryName',
    email: 'canary@example.com',
    'custom:plan': 'CanaryCustom',
    nickname: 'CanaryNul \u0000',
    'custom:visits': 'CanaryNumber',
  }
  sandbox.addUser({ username: 'CanaryUsername', attributes, groups: ['CanaryGroup'] })
  // without a sub they can't become a row
  const rejected = sandbox.addUser({ attributes: { name: 'CanaryRejected' } })
  sandbox.pool.poison(subOf(rejected) ?? '', { attributes: { sub: null } })
}

async function expectPublished({ databaseUrl }: Line): Promise<void> {
  const [published] = await openReader(databaseUrl)`select
    (select count(*) from canary.users where name = 'CanaryName') as users,
    (select count(*) from canary.group_members where group_name = 'CanaryGroup') as members`
  expect(published).toEqual({ users: '1', members: '1' })
}

async function runThroughFaults(line: Line, dataflow: Dataflow) {
  const operations = ['DescribeUserPool', 'ListUsers', 'ListGroups', 'ListUsersInGroup']
  for (const [at, kind] of (['error500', 'html503', 'reset', 'throttle'] as const).entries()) {
    line.sandbox.faults.add({ kind, operation: operations[at], count: 6 })
  }
  return line.run(dataflow)
}

function secretsOf({ sandbox, env, databaseUrl, redisUrl }: Line): string[] {
  const passwords = [databaseUrl, redisUrl].map((url) => new URL(url).password)
  const secrets = [
    sandbox.credentials.secretAccessKey,
    env.POOLKEEPER_KEY ?? '',
    env.POOLKEEPER_HASH_KEY ?? '',
    ...passwords,
  ]
  // the embedded Valkey has no password
  return secrets.filter((secret) => secret !== '')
}

/** Each is refused by a cause of its own. @returns the secrets */
async function runWithWrongCredentials(line: Line): Promise<string[]> {
  const { accessKeyId } = line.sandbox.credentials
  const expired = line.sandbox.addPrincipal({ expired: true })
  const wrong = [
    { accessKeyId, secretAccessKey: 'CanarySecretOfAnother' },
    { accessKeyId: 'AKIAUNKNOWN123456789', secretAccessKey: 'CanarySecretOfNobody' },
    expired,
  ]
  const runs = wrong.map(async (keys, at) => {
    const credentials = { kind: 'access-key', ...keys } as const
    return line.run(await line.createDataflow({ name: `Refused${at}`, credentials }))
  })
  const causes = (await Promise.all(runs)).map(({ cause }) => cause)
  expect(causes).toEqual(['wrong-secret', 'unknown-access-key', 'session-expired'])
  return ['CanarySecretOfAnother', 'CanarySecretOfNobody', expired.secretAccessKey, expired.sessionToken ?? '']
}

/** Postgres refuses the rows, quoting a name in its message, the row in its detail, and drizzle all of them. */
async function refuseRows(line: Line, dataflow: Dataflow): Promise<number> {
  line.sandbox.tune({ latencyMs: 300 })
  const run = await line.request(dataflow)
  await vi.waitFor(
    () =>
      line.db.execute(
        sql.raw(`alter table canary_snapshots.users_${run} add check (name <> 'CanaryName' or name::int > 0)`),
      ),
    SOON,
  )
  line.sandbox.tune({ latencyMs: 0 })
  return run
}

/** Postgres refuses what publishing does to the staged rows of another dataflow, and quotes them. */
async function refusePublish(line: Line): Promise<number> {
  const dataflow = await line.createDataflow({ name: 'Unpublished' })
  await line.db.execute(
    sql.raw(`create function refuse() returns event_trigger language plpgsql as
      $$begin raise exception 'CanaryName is in the way' using errcode = '23514', detail = 'CanaryNumber'; end$$`),
  )
  await line.db.execute(
    sql.raw(`create event trigger refuse on ddl_command_start when tag in ('ALTER TABLE') execute function refuse()`),
  )
  return line.request(dataflow)
}

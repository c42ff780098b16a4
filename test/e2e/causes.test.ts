import { expect, test } from 'vitest'
import { removeDataflow } from '../../src/dataflow/remove.ts'
import { findRun, type RunRecord } from '../../src/run/history.ts'
import type { FaultKind } from '../../src/sandbox/faults.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { createLine, type Line } from '../support/line.ts'
import { USERS_ONLY, waitForPages } from '../support/watching.ts'

type Settings = Partial<Parameters<Line['createDataflow']>[0]>

interface Case {
  readonly what: string
  readonly settings: (sandbox: Sandbox) => Settings
  readonly cause: string
  /** What its description has to name. */
  readonly says: RegExp
  /** The operation that is refused, and so asked for once: what is permanent is not tried again. */
  readonly refused?: string
}

const CASES: readonly Case[] = [
  {
    what: 'a pool that does not exist',
    settings: () => ({ poolId: 'us-east-1_Nowhere12' }),
    cause: 'pool-not-found',
    says: /us-east-1_Nowhere12.*us-east-1/,
  },
  {
    what: "the pool's id in another Region",
    settings: ({ poolId }) => ({ poolId: poolId.replace('us-east-1', 'eu-north-1') }),
    cause: 'pool-not-found',
    says: /eu-north-1.*wrong Region/,
  },
  {
    what: 'an access key that AWS does not know',
    settings: ({ credentials }) => withKeys({ ...credentials, accessKeyId: 'AKIAUNKNOWN123456789' }),
    cause: 'unknown-access-key',
    says: /access key id/,
  },
  {
    what: 'a secret of another key',
    settings: ({ credentials }) => withKeys({ ...credentials, secretAccessKey: 'not-the-secret-of-this-key' }),
    cause: 'wrong-secret',
    says: /secret access key again/,
  },
  {
    what: 'a session that has expired',
    settings: (sandbox) => withKeys(sandbox.addPrincipal({ expired: true })),
    cause: 'session-expired',
    says: /expired/,
  },
  ...['DescribeUserPool', 'ListUsers', 'ListGroups', 'ListUsersInGroup'].map((operation) => ({
    what: `no permission for ${operation}`,
    settings: (sandbox: Sandbox) => withKeys(sandbox.addPrincipal({ denied: [`cognito-idp:${operation}`] })),
    cause: 'permission-missing',
    says: new RegExp(`Allow cognito-idp:${operation} `),
    refused: operation,
  })),
  {
    what: 'a role that asks for another external id',
    settings: ({ roleArn }) => ({ credentials: { kind: 'role', roleArn } }),
    cause: 'role-refused',
    says: /external id/,
    refused: 'AssumeRole',
  },
]

for (const { what, settings, cause, says, refused = 'DescribeUserPool' } of CASES) {
  test(`${what}: told in history and on the command line, and not retried`, async () => {
    const line = await createLine({ users: 30, groups: 1, shortPages: 0, emptyPages: 0 })
    await line.startHere()
    await line.createDataflow({ name: 'Wrong', ...settings(line.sandbox) })
    const run = await expectFailure(line, cause, says)
    expect(line.sandbox.requests.operations[refused]).toBe(1)
    if (refused === 'DescribeUserPool') expect(run.requests).toBe(1)
  })
}

test('tokens that run in a circle: token-loop', async () => {
  const line = await createLine({ users: 200, groups: 0 })
  line.sandbox.faults.add({ kind: 'loopingToken', operation: 'ListUsers' })
  await line.startHere()
  await line.createDataflow({ name: 'Wrong' })
  await expectFailure(line, 'token-loop', /repeat itself.*AWS Support/)
})

test('a dataflow that is removed while it runs: cancelled, and the run stays in history', async () => {
  const line = await createLine({ users: 600, groups: 0, latencyMs: 150 })
  await line.startHere()
  const dataflow = await line.createDataflow({ name: 'Wrong', ...USERS_ONLY })
  const command = line.command('run', 'Wrong', '--wait', '--json')
  await waitForPages(line, 1)
  await removeDataflow(line.db, dataflow.name, 'somebody')
  const { code, stdout, stderr } = await command
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ state: 'cancelled', cause: 'removed' })
  expect(stderr).toMatch(/^poolkeeper: Wrong, run 1 was cancelled: .*removed by somebody.*\n$/)
  expect(await findRun(line.db, 1)).toMatchObject({ dataflow: 'Wrong', state: 'cancelled', cause: 'removed' })
})

test('a worker without the key of the stored credentials refuses to start, and says which key it wants', async () => {
  const line = await createLine({ users: 0 })
  await line.createDataflow({ name: 'Sealed' })
  const other = Buffer.alloc(32, 7).toString('base64')
  const { code, stderr } = await line.startWith({ POOLKEEPER_KEY: other }, 'worker').finished
  expect(code).toBe(1)
  expect(stderr).toMatch(/^poolkeeper: Stored credentials can't be opened: 1 dataflow under [0-9a-f]{8}.*\n$/)
  expect(stderr).not.toContain(other)
})

test('a role that this server may assume is as good as a key', async () => {
  const line = await createLine({ users: 30, groups: 1 })
  const roleArn = `arn:aws:iam::${line.sandbox.accountId}:role/trusting`
  const dataflow = await line.createDataflow({ name: 'ByRole', credentials: { kind: 'role', roleArn } })
  const externalId = 'externalId' in dataflow.credentials ? dataflow.credentials.externalId : ''
  line.sandbox.addRole({ name: 'trusting', externalId })
  await line.startHere()
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
})

test.each<FaultKind>(['error500', 'html503', 'reset'])(
  '%s: waited out beyond what the SDK retries, and the run succeeds',
  async (kind) => {
    const line = await createLine({ users: 30, groups: 1 })
    line.sandbox.faults.add({ kind, operation: 'DescribeUserPool', count: 6 })
    await line.startHere()
    const run = await line.run(await line.createDataflow({ name: 'Patient' }))
    expect(run).toMatchObject({ state: 'succeeded', cause: null, throttled: 0, requests: total(line) })
    expect(line.sandbox.requests.operations.DescribeUserPool).toBe(7)
  },
)

test('a storm of throttling is waited out, and counted in history', async () => {
  const line = await createLine({ users: 200, groups: 8 })
  await line.startHere()
  line.sandbox.faults.add({ kind: 'throttle', operation: 'ListUsersInGroup', count: 10 })
  const run = await line.run(await line.createDataflow({ name: 'Patient' }))
  expect(run).toMatchObject({ state: 'succeeded', throttled: 10, requests: total(line) })
})

const withKeys = (keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): Settings => ({
  credentials: { kind: 'access-key', ...keys },
})

/** Runs the dataflow from the command line and sees its failure there and in history. */
async function expectFailure(line: Line, cause: string, says: RegExp): Promise<RunRecord> {
  const { code, stdout, stderr } = await line.command('run', 'Wrong', '--wait', '--json')
  expect(code).toBe(1)
  const run = JSON.parse(stdout)
  expect(run).toMatchObject({ dataflow: 'Wrong', state: 'failed', cause })
  expect(run.description).toMatch(says)
  expect(stderr).toBe(`poolkeeper: Wrong, run 1 failed: ${run.description}\n`)
  expect(await findRun(line.db, 1)).toMatchObject({ state: 'failed', cause, description: run.description })
  return run
}

const total = ({ sandbox }: Line) => sandbox.requests.total

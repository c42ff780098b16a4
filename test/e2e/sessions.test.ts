import { expect, test, vi } from 'vitest'
import { openPool } from '../../src/cognito/client.ts'
import { describePool } from '../../src/cognito/describe.ts'
import { createLine, type Line } from '../support/line.ts'
import { expectExactlyOnce } from '../support/watching.ts'

/** A pool that takes longer to read than three sessions last. */
const SLOW = { users: 1_800, groups: 0, latencyMs: 60, sessionSeconds: 1 }

/** What a process gets that runs on a machine of AWS's with a role of its own, and nothing else to sign with. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
const inContainer = ({ sandbox }: Line) => ({
  ...NO_KEYS,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: sandbox.containerCredentials,
})
const onInstance = ({ sandbox }: Line) => ({ ...NO_KEYS, AWS_EC2_METADATA_SERVICE_ENDPOINT: sandbox.endpoint })

test('a run goes on over several sessions of its role', async () => {
  const line = await createLine(SLOW)
  await line.startHere()
  const credentials = { kind: 'role', roleArn: line.sandbox.addRole() } as const
  expect(await line.run(await line.createDataflow({ name: 'ByRole', credentials }))).toMatchObject({
    state: 'succeeded',
  })
  const { AssumeRole = 0, ListUsers = 0 } = line.sandbox.requests.operations
  expect(AssumeRole).toBeGreaterThan(2)
  expect(AssumeRole).toBeLessThan(ListUsers)
  await expectExactlyOnce(line, 'byrole')
})

test('a session that is over earlier than it was lent for is replaced, and the request asked again', async () => {
  const { env, sandbox } = await createLine({ users: 10, groups: 0 })
  for (const name of ['AWS_ENDPOINT_URL_STS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    vi.stubEnv(name, env[name])
  }
  const { poolId, region, endpoint, roleArn, externalId } = sandbox
  const pool = openPool({ poolId, region, endpoint, credentials: { kind: 'role', roleArn, externalId } })
  await describePool(pool)
  sandbox.endSessions()
  await Promise.all([describePool(pool), describePool(pool), describePool(pool)])
  expect(sandbox.requests.operations.AssumeRole).toBe(2)
  pool.close()
  vi.unstubAllEnvs()
})

test('a worker in a container reads with the role of its task, over several sessions', async () => {
  const line = await createLine(SLOW)
  await line.startHere(['scheduler'])
  const dataflow = await line.createDataflow({ name: 'Ambient', credentials: { kind: 'ambient' } })
  line.startWith(inContainer(line), 'worker')
  expect(await line.run(dataflow)).toMatchObject({ state: 'succeeded' })
  expect(line.sandbox.requests.operations.MachineCredentials).toBeGreaterThan(2)
  await expectExactlyOnce(line, 'ambient')
})

test('on an instance the connection test signs with the role of the instance', async () => {
  const line = await createLine({ users: 10, groups: 0 })
  await line.createDataflow({ name: 'Ambient', credentials: { kind: 'ambient' } })
  const { code, stdout } = await line.startWith(onInstance(line), 'connect', 'Ambient', '--json').finished
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0 })
  expect(line.sandbox.requests.operations).toMatchObject({ MachineCredentials: 1, DescribeUserPool: 1 })
})

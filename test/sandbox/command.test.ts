import { fork } from 'node:child_process'
import { once } from 'node:events'
import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { expect, it, onTestFinished } from 'vitest'
import { COMMAND } from '../support/processes.ts'

const start = (...options: string[]) => {
  const child = fork(COMMAND, ['sandbox', ...options], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

it('`poolkeeper sandbox` tells its parent where it is and how to sign, and ends with it', {
  timeout: 30_000,
}, async () => {
  const child = start('--users', '50', '--latency', '1')
  const [message] = (await once(child, 'message')) as [{ ready: Record<string, string> }]
  const { endpoint, poolId, region, accessKeyId = '', secretAccessKey = '' } = message.ready
  const client = new CognitoIdentityProviderClient({
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    credentials: { accessKeyId, secretAccessKey },
  })
  expect((await client.send(new ListUsersCommand({ UserPoolId: poolId, Limit: 60 }))).Users).toBeDefined()
  client.destroy()
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
})

it('`poolkeeper sandbox --json` prints one object and ends on SIGTERM', { timeout: 30_000 }, async () => {
  const child = start('--users', '5', '--json')
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  await once(child, 'message')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(JSON.parse(printed)).toMatchObject({ poolId: expect.stringMatching(/^us-east-1_\w{9}$/), region: 'us-east-1' })
})

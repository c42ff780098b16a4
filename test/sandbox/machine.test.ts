import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { clientOf, sandboxFor } from './support.ts'

const ROLES = '/latest/meta-data/iam/security-credentials/'

const describeWith = async (sandbox: Sandbox, answer: Response) => {
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>
  const credentials = { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: Token }
  return clientOf(sandbox, { credentials }).send(new DescribeUserPoolCommand({ UserPoolId: sandbox.poolId }))
}

describe('the machine', () => {
  it('lends a container sessions that end', async () => {
    const sandbox = await sandboxFor()
    expect(await describeWith(sandbox, await fetch(sandbox.containerCredentials))).toBeDefined()
    const lent = await fetch(sandbox.containerCredentials)
    sandbox.endSessions()
    await expect(describeWith(sandbox, lent)).rejects.toMatchObject({ name: 'ExpiredTokenException' })
  })

  it('lends an instance none that asks without a token', async () => {
    const sandbox = await sandboxFor()
    expect((await fetch(sandbox.endpoint + ROLES)).status).toBe(401)
    const token = await (await fetch(`${sandbox.endpoint}/latest/api/token`, { method: 'PUT' })).text()
    const ask = (path: string) => fetch(sandbox.endpoint + path, { headers: { 'x-aws-ec2-metadata-token': token } })
    const role = await (await ask(ROLES)).text()
    expect(await describeWith(sandbox, await ask(ROLES + role))).toBeDefined()
    expect((await ask(`${ROLES}another`)).status).toBe(404)
  })
})

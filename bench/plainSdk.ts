import { CognitoIdentityProviderClient, paginateListUsers } from '@aws-sdk/client-cognito-identity-provider'
import type { SandboxAt } from './stage.ts'

export const PAGE = 60

export interface Reading {
  readonly usersPerSecond: number
  /** Of the process that reads. */
  readonly cpuMicrosPerUser: number
}

/** What anybody would write: the SDK's own paginator, one page after the other. */
export async function readPlainly(sandbox: SandboxAt, seconds: number): Promise<Reading> {
  return timed(sandbox, (client) => readChain(client, sandbox.poolId, seconds))
}

/** The same sixteen times at once, a first digit of sub each: as fast as the SDK reads by itself. */
export async function readShardsPlainly(sandbox: SandboxAt, seconds: number): Promise<Reading> {
  return timed(sandbox, async (client) => {
    const digits = [...'0123456789abcdef']
    const users = await Promise.all(
      digits.map((digit) => readChain(client, sandbox.poolId, seconds, `sub ^= "${digit}"`)),
    )
    return users.reduce((sum, count) => sum + count, 0)
  })
}

async function timed(
  { endpoint, region, credentials }: SandboxAt,
  read: (client: CognitoIdentityProviderClient) => Promise<number>,
): Promise<Reading> {
  const client = new CognitoIdentityProviderClient({ region, endpoint, credentials: { ...credentials } })
  const began = performance.now()
  const cpu = process.cpuUsage()
  const users = await read(client)
  const { user, system } = process.cpuUsage(cpu)
  client.destroy()
  return {
    usersPerSecond: users / ((performance.now() - began) / 1_000),
    cpuMicrosPerUser: (user + system) / users,
  }
}

async function readChain(
  client: CognitoIdentityProviderClient,
  poolId: string,
  seconds: number,
  Filter?: string,
): Promise<number> {
  const began = performance.now()
  let users = 0
  for await (const page of paginateListUsers({ client }, { UserPoolId: poolId, Limit: PAGE, Filter })) {
    users += page.Users?.length ?? 0
    if (performance.now() - began > seconds * 1_000) break
  }
  return users
}

import {
  CognitoIdentityProviderClient,
  ListUsersCommand,
  type ListUsersCommandInput,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import { onTestFinished } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'

/** A sandbox for one test, stopped at its end; without quotas unless asked for. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ users: 300, quota: 1_000, ...options })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

/** The real SDK on a sandbox, with one attempt a request, so that every error is seen. */
export function clientOf(
  sandbox: Sandbox,
  options: Partial<ConstructorParameters<typeof CognitoIdentityProviderClient>[0]> = {},
): CognitoIdentityProviderClient {
  const { endpoint, region, credentials } = sandbox
  const client = new CognitoIdentityProviderClient({ endpoint, region, credentials, maxAttempts: 1, ...options })
  onTestFinished(() => client.destroy())
  return client
}

/** Every page of ListUsers, to the missing token. */
export async function pagesOf(
  client: CognitoIdentityProviderClient,
  input: ListUsersCommandInput,
): Promise<UserType[][]> {
  const pages: UserType[][] = []
  let token: string | undefined
  do {
    const page = await client.send(new ListUsersCommand({ ...input, PaginationToken: token }))
    pages.push(page.Users ?? [])
    token = page.PaginationToken
  } while (token)
  return pages
}

/** Everything that a list gives, to the missing token. @param page its items and its token */
export async function listed<T>(
  page: (token: string | undefined) => Promise<readonly [items: readonly T[] | undefined, token: string | undefined]>,
): Promise<T[]> {
  const all: T[] = []
  let token: string | undefined
  do {
    const [items = [], next] = await page(token)
    all.push(...items)
    token = next
  } while (token)
  return all
}

export async function membersOf(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  GroupName: string,
): Promise<UserType[]> {
  const members: UserType[] = []
  let token: string | undefined
  do {
    const page = await client.send(new ListUsersInGroupCommand({ UserPoolId, GroupName, Limit: 60, NextToken: token }))
    members.push(...(page.Users ?? []))
    token = page.NextToken
  } while (token)
  return members
}

export const subOf = (user: { Attributes?: readonly { Name?: string; Value?: string }[] }) =>
  user.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? ''

export const bySub = <T extends Parameters<typeof subOf>[0]>(users: Iterable<T>): T[] =>
  [...users].sort((a, b) => (subOf(a) < subOf(b) ? -1 : 1))

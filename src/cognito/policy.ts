import { sourceTable } from './catalogue.ts'
import type { Operation } from './quotas.ts'

/** Each operation that importing these tables needs, once, with the first table that needs it; null for the pool itself. */
export function neededOperations(sources: readonly string[]): { operation: Operation; table: string | null }[] {
  // reading a pool always begins with asking what it is
  const needed = new Map<Operation, string | null>([['DescribeUserPool', null]])
  for (const source of sources) {
    for (const operation of sourceTable(source).operations) {
      if (!needed.has(operation)) needed.set(operation, source)
    }
  }
  return [...needed].map(([operation, table]) => ({ operation, table }))
}

/** The least that the user or role of a dataflow must be allowed: an IAM policy document for these tables of one pool. */
export function iamPolicy(sources: readonly string[], arn: string): Readonly<Record<string, unknown>> {
  const actions = neededOperations(sources).map(({ operation }) => `cognito-idp:${operation}`)
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'PoolkeeperReadsThisPool', Effect: 'Allow', Action: actions, Resource: arn }],
  }
}

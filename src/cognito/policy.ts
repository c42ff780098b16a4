import { CATALOGUE } from './catalogue.ts'
import type { SourceName, SourceOperation } from './sourceTable.ts'

/** Reading a pool always begins with asking what it is. */
export type NeededOperation = 'DescribeUserPool' | SourceOperation

/** Each operation that importing these tables needs, once, with the first table that needs it; null for the pool itself. */
export function neededOperations(
  sources: readonly SourceName[],
): { operation: NeededOperation; table: SourceName | null }[] {
  const needed = new Map<NeededOperation, SourceName | null>([['DescribeUserPool', null]])
  for (const source of sources) {
    for (const operation of CATALOGUE[source].operations) {
      if (!needed.has(operation)) needed.set(operation, source)
    }
  }
  return [...needed].map(([operation, table]) => ({ operation, table }))
}

/** The least that the user or role of a dataflow must be allowed: an IAM policy document for these tables of one pool. */
export function iamPolicy(sources: readonly SourceName[], arn: string): object {
  const actions = neededOperations(sources).map(({ operation }) => `cognito-idp:${operation}`)
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'PoolkeeperReadsThisPool', Effect: 'Allow', Action: actions, Resource: arn }],
  }
}

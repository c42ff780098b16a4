import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { PoolClient } from './client.ts'

export type AttributeType = 'String' | 'Number' | 'DateTime' | 'Boolean'

/** An attribute that the pool's schema declares: `email`, `custom:plan`, `dev:custom:level`. */
export interface PoolAttribute {
  readonly name: string
  readonly type: AttributeType
}

export interface PoolDescription {
  readonly poolId: string
  readonly arn: string
  readonly accountId: string
  readonly name: string
  readonly estimatedUsers: number
  readonly attributes: readonly PoolAttribute[]
  /** Whether the pool notes every sign-in with its risk ("threat protection", once "advanced security"). */
  readonly threatProtection: boolean
}

/**
 * Asks Cognito what the pool is, and tells the client its account, which quotas are counted by.
 * @throws PoolkeeperError as `PoolClient.send`.
 */
export async function describePool(pool: PoolClient, signal?: AbortSignal): Promise<PoolDescription> {
  const { UserPool } = await pool.send(new DescribeUserPoolCommand({ UserPoolId: pool.poolId }), signal)
  const arn = UserPool?.Arn ?? ''
  // arn:aws:cognito-idp:<region>:<account>:userpool/<id>
  const accountId = arn.split(':')[4] ?? ''
  pool.account = accountId || undefined
  return {
    poolId: pool.poolId,
    arn,
    accountId,
    name: UserPool?.Name ?? '',
    estimatedUsers: UserPool?.EstimatedNumberOfUsers ?? 0,
    attributes: (UserPool?.SchemaAttributes ?? []).flatMap(({ Name, AttributeDataType = 'String' }) =>
      Name ? [{ name: Name, type: AttributeDataType }] : [],
    ),
    threatProtection: (UserPool?.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF') !== 'OFF',
  }
}

import type { Dataflow } from './dataflow.ts'

/**
 * The ARN of a dataflow's pool, to name it in a policy. The account is known from a role's ARN; elsewhere `*` stands in,
 * which IAM takes and which loses nothing: a pool's id is unique in its Region.
 */
export function poolArn({ poolId, region, credentials }: Pick<Dataflow, 'poolId' | 'region' | 'credentials'>): string {
  const account = credentials.kind === 'role' ? credentials.roleArn.split(':')[4] : '*'
  return `arn:${partitionOf(region)}:cognito-idp:${region}:${account}:userpool/${poolId}`
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { Queryable } from '../db/database.ts'
import { runs } from '../db/schema/runs.ts'
import type { Dataflow } from './dataflow.ts'

type PoolOf = Pick<Dataflow, 'id' | 'poolId' | 'region' | 'credentials'>

/**
 * The ARN of a dataflow's pool, to name it in a policy. The account is known from a role's ARN, or from the last run that
 * described the pool; before that `*` stands in, which IAM takes and which loses nothing: a pool's id is unique in its
 * Region.
 */
export async function poolArn(db: Queryable, dataflow: PoolOf): Promise<string> {
  return arnOf(dataflow, await poolAccount(db, dataflow))
}

/** The same of a pool whose account is known, or not. */
export function arnOf({ poolId, region }: Pick<Dataflow, 'poolId' | 'region'>, account = '*'): string {
  return `arn:${partitionOf(region)}:cognito-idp:${region}:${account}:userpool/${poolId}`
}

/** The AWS account of a dataflow's pool, from a role's ARN or the last run that described it; undefined before that. */
export async function poolAccount(db: Queryable, dataflow: PoolOf): Promise<string | undefined> {
  return roleAccount(dataflow) ?? lastAccount(db, dataflow)
}

/** The account of the role that a pool is opened with; undefined without one. */
export function roleAccount({
  credentials,
}: {
  readonly credentials: { readonly kind: string; readonly roleArn?: string | undefined }
}): string | undefined {
  return credentials.kind === 'role' ? credentials.roleArn?.split(':')[4] : undefined
}

async function lastAccount(db: Queryable, { id, poolId }: PoolOf): Promise<string | undefined> {
  const [run] = await db
    .select({ account: runs.accountId })
    .from(runs)
    .where(and(eq(runs.dataflowId, id), eq(runs.poolId, poolId), isNotNull(runs.accountId)))
    .orderBy(desc(runs.id))
    .limit(1)
  return run?.account ?? undefined
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

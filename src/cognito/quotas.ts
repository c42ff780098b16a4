/** Cognito's request-rate categories that reading falls under: AWS, "Quotas in Amazon Cognito". */
export type QuotaCategory =
  | 'UserPoolRead'
  | 'UserList'
  | 'UserPoolResourceRead'
  | 'UserPoolClientRead'
  | 'UserResourceRead'
  | 'UserRead'

/** Requests a second, pooled over all user pools of one account in one Region. Only the last two can be raised. */
export const CATEGORY_RATES: Readonly<Record<QuotaCategory, number>> = {
  UserPoolRead: 15,
  UserList: 30,
  UserPoolResourceRead: 20,
  UserPoolClientRead: 15,
  UserResourceRead: 50,
  UserRead: 120,
}

/** All of them, in the order in which people are shown them. */
export const QUOTA_CATEGORIES = Object.keys(CATEGORY_RATES) as QuotaCategory[]

/** The share of each quota that is used unless somebody sets another: a tenth is left to the company's own sign-ups. */
export const QUOTA_SHARE = 0.9

/** The second limit of some categories: requests a second of one operation on one pool. */
const PER_POOL_RATE = 5

/** One quota of AWS's: what an account may ask of Cognito in a Region, by category. */
export interface Quota {
  /** The AWS account id; a pool's id stands in until it is known, and has the defaults. */
  readonly account: string
  readonly region: string
  readonly category: QuotaCategory
}

/** How much of a quota the fleet may use. */
export interface Ceiling {
  /** Requests a second that AWS allows. */
  readonly rate: number
  /** The share of them that is ours, above 0, at most 1; the rest is left to whatever else calls Cognito in the account. */
  readonly share: number
}

export type CeilingOf = (quota: Quota) => Ceiling

/** Ceilings where nothing is known but what AWS documents. @param share of each quota that the fleet takes */
export function documentedAt(share: number): (quota: Pick<Quota, 'category'>) => Ceiling {
  return ({ category }) => ({ rate: CATEGORY_RATES[category], share })
}

export interface OperationQuota {
  readonly category: QuotaCategory
  /** Requests a second of this operation on one pool, where that is limited as well. */
  readonly perPool?: number
}

const CATEGORY_OF = {
  ListUserPools: 'UserPoolRead',
  DescribeUserPool: 'UserPoolRead',
  ListUsers: 'UserList',
  ListUsersInGroup: 'UserList',
  ListGroups: 'UserPoolResourceRead',
  GetUserPoolMfaConfig: 'UserPoolResourceRead',
  ListTagsForResource: 'UserPoolResourceRead',
  ListIdentityProviders: 'UserPoolResourceRead',
  DescribeIdentityProvider: 'UserPoolResourceRead',
  ListResourceServers: 'UserPoolResourceRead',
  ListUserImportJobs: 'UserPoolResourceRead',
  ListUserPoolClients: 'UserPoolClientRead',
  DescribeUserPoolClient: 'UserPoolClientRead',
  AdminListGroupsForUser: 'UserResourceRead',
  AdminListDevices: 'UserResourceRead',
  AdminListUserAuthEvents: 'UserResourceRead',
  AdminGetUser: 'UserRead',
  // AWS documents no category for it; it reads of the account, not of a pool, as ListUserPools does
  GetProvisionedLimit: 'UserPoolRead',
} as const satisfies Readonly<Record<string, QuotaCategory>>

/** The operations of Cognito's that Poolkeeper may use. All of them only read. */
export type Operation = keyof typeof CATEGORY_OF

const LIMITED_PER_POOL: ReadonlySet<QuotaCategory> = new Set(['UserPoolResourceRead', 'UserPoolClientRead'])

/**
 * The quota that an operation draws on.
 * @throws RangeError for an operation that is not in the table: it would go round the governor.
 */
export function quotaOf(operation: string): OperationQuota {
  const category = isOperation(operation) ? CATEGORY_OF[operation] : undefined
  if (!category) throw new RangeError(`No quota category is known for ${operation}; add it to quotas.ts.`)
  return LIMITED_PER_POOL.has(category) ? { category, perPool: PER_POOL_RATE } : { category }
}

function isOperation(name: string): name is Operation {
  return Object.hasOwn(CATEGORY_OF, name)
}

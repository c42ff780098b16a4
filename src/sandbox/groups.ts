import { hash } from './random.ts'

/** A group as ListGroups gives it. */
export interface SandboxGroup {
  readonly GroupName: string
  readonly Description?: string
  readonly RoleArn?: string
  readonly Precedence?: number
  readonly CreationDate: Date
  readonly LastModifiedDate: Date
}

/** A group and the share of the pool's users who are in it. */
export interface GroupRule {
  readonly group: SandboxGroup
  readonly share: number
}

const NAMES = ['admins', 'Équipe "A" / 東京', 'support', 'beta-testers', 'billing', 'editors', 'viewers', 'partners']

/** Memberships per user over all groups: 12 groups over 5,000 users make about 1,250, as most people are in none. */
const MEMBERSHIPS_PER_USER = 0.25

/** The groups of a pool: the first ones bigger than the last, the very last of three or more empty. */
export function makeGroups(count: number, accountId: string): GroupRule[] {
  const filled = count >= 3 ? count - 1 : count
  const weights = Array.from({ length: count }, (_, at) => (at < filled ? 1 / (at + 2) : 0))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight, at) => ({
    group: makeGroup(at, weight === 0, accountId),
    share: (weight / total) * MEMBERSHIPS_PER_USER,
  }))
}

/** Who is in a group is a matter of sub and group alone: a million users' memberships take no memory. */
export function belongs({ group, share }: GroupRule, seed: number, sub: string): boolean {
  return share > 0 && hash(hash(seed, group.GroupName), sub) < share * 2 ** 32
}

function makeGroup(at: number, empty: boolean, accountId: string): SandboxGroup {
  const created = Date.UTC(2019, at % 12, 1 + (at % 28), 8, 30, 0, 123)
  return {
    GroupName: empty ? 'nobody-yet' : (NAMES[at] ?? `team-${at + 1}`),
    ...(at % 3 !== 2 && { Description: `Group ${at + 1}: it says "hello, world",\nthen <b>more</b>` }),
    ...(at % 4 === 0 && { RoleArn: `arn:aws:iam::${accountId}:role/group-${at + 1}` }),
    ...(at % 2 === 0 && { Precedence: at }),
    CreationDate: new Date(created),
    LastModifiedDate: new Date(created + at * 3_600_000),
  }
}

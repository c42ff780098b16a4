import type { SandboxGroup } from './groups.ts'
import type { SandboxUser } from './people.ts'
import type { Pool } from './pool.ts'

/** Whatever the model has, as the wire has it: every date in it by `seconds`. */
export function wire(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, wireItem(item)]))
}

function wireItem(item: unknown): unknown {
  if (item instanceof Date) return seconds(item)
  if (Array.isArray(item)) return item.map(wireItem)
  return typeof item === 'object' && item !== null ? wire(item) : item
}

/** JSON 1.1 writes a time as seconds since 1970, with the milliseconds behind the point. */
const seconds = (date: Date) => date.getTime() / 1_000

export const wireUser = (user: SandboxUser) => ({
  ...user,
  UserCreateDate: seconds(user.UserCreateDate),
  UserLastModifiedDate: seconds(user.UserLastModifiedDate),
})

export const wireGroup = (group: SandboxGroup, pool: Pool) => ({
  ...group,
  UserPoolId: pool.id,
  CreationDate: seconds(group.CreationDate),
  LastModifiedDate: seconds(group.LastModifiedDate),
})

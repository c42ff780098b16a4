import { authEventsOf, type SandboxAuthEvent } from './authEvents.ts'
import { ConfiguredPool, type PoolConfiguration } from './configuredPool.ts'
import { devicesOf, type SandboxDevice } from './devices.ts'
import { belongs, type GroupRule, makeGroups, type SandboxGroup } from './groups.ts'
import { mfaOf, type SandboxMfa } from './mfa.ts'
import { type Person, personOf, type SandboxUser, usernameOf } from './people.ts'
import { crowd, type SubForm, subMaker } from './subs.ts'

export interface PoolOptions extends PoolConfiguration {
  readonly users?: number
  readonly groups?: number
  readonly subs?: SubForm
}

/** What to make of a user, new or known. An attribute set to null is taken away. */
export interface UserChange {
  readonly username?: string
  readonly attributes?: Readonly<Record<string, string | null>>
  readonly enabled?: boolean
  readonly status?: string
  /** Exactly these groups, instead of those that the rule gave. */
  readonly groups?: readonly string[]
}

type Change = UserChange & { readonly created?: Date; readonly modified?: Date }

/** An entry that ends so shows its user a second time: a key sorts by sub, and '~' is behind every hex digit. */
const ECHO = '~'

/**
 * A user pool. It keeps each user's sub, and what was changed by hand; all else is made anew from seed and sub whenever
 * somebody looks, so that a million users start in seconds and fit in about 150 MB.
 */
export class Pool extends ConfiguredPool {
  readonly #newSub: (index: number) => string
  readonly #rules: Map<string, GroupRule>
  /** Entry keys in the order of sign-up; undefined where somebody was deleted, so that places stay what they are. */
  readonly #order: (string | undefined)[]
  /** Entry keys in ascending order. */
  readonly #sorted: string[]
  readonly #changes = new Map<string, Change>()
  #subsByUsername: Map<string, string> | undefined
  #echoes = 0
  /** Goes up with each change: what was computed over all users is good for one version. */
  version = 0

  constructor({ users = 5_000, groups = 12, subs = 'mixed', ...configuration }: PoolOptions) {
    super(configuration)
    const old = subMaker(this.seed, 'random', this.region)
    const recent = subMaker(this.seed, 'regional', this.region)
    const firstRecent = { random: Number.POSITIVE_INFINITY, regional: 0, mixed: users / 2, crowded: users / 2 }[subs]
    const newSub = (index: number) => (index < firstRecent ? old(index) : recent(index))
    this.#newSub = subs === 'crowded' ? (index) => crowd(newSub(index), index) : newSub
    this.#rules = new Map(makeGroups(groups, this.accountId).map((rule) => [rule.group.GroupName, rule]))
    const made = Array.from({ length: users }, (_, index) => this.#newSub(index))
    this.#order = made
    this.#sorted = made.toSorted()
  }

  /** How many entries ListUsers would give. */
  get size(): number {
    return this.#sorted.length
  }

  /** How many there are, whoever is listed twice. */
  override get userCount(): number {
    return this.size - this.#echoes
  }

  /** Everybody, once, in the order of an unfiltered list: what an import has to come out equal to. */
  *users(): Generator<SandboxUser> {
    for (const key of this.#order) if (key && !key.endsWith(ECHO)) yield this.userAt(key)
  }

  groups(): SandboxGroup[] {
    return Array.from(this.#rules.values(), ({ group }) => group)
  }

  hasGroup(name: string): boolean {
    return this.#rules.has(name)
  }

  /** Adds a group that nobody is in yet; of that name or any other, Cognito's rules aside. */
  addGroup(group: SandboxGroup): void {
    this.#rules.set(group.GroupName, { group, share: 0 })
  }

  /** Everybody in a group, once. A group that doesn't exist has nobody. */
  *members(groupName: string): Generator<SandboxUser> {
    for (const key of this.#order) {
      if (key && !key.endsWith(ECHO) && this.isMember(key, groupName)) yield this.userAt(key)
    }
  }

  /** @param user sub or username */
  groupsOf(user: string): SandboxGroup[] {
    const sub = this.subOf(user)
    return sub === undefined ? [] : this.groups().filter(({ GroupName }) => this.isMember(sub, GroupName))
  }

  /** Somebody's second factors, as AdminGetUser gives them. @param user sub or username */
  mfaOf(user: string): SandboxMfa {
    const sub = this.#known(user)
    return mfaOf(this.seed, sub, this.userAt(sub))
  }

  /** As AdminListDevices gives them. @param user sub or username */
  devicesOf(user: string): SandboxDevice[] {
    const sub = this.#known(user)
    const devices = devicesOf(this.seed, sub, this.userAt(sub), this)
    return devices.filter(({ DeviceLastAuthenticatedDate }) => isPast(DeviceLastAuthenticatedDate))
  }

  /** As AdminListUserAuthEvents gives them, where threat protection is on. @param user sub or username */
  authEventsOf(user: string): SandboxAuthEvent[] {
    const sub = this.#known(user)
    return authEventsOf(this.seed, sub, this.userAt(sub)).filter(({ CreationDate }) => isPast(CreationDate))
  }

  /** Adds a lifelike user, changed as asked, and answers it. @param sub default: one of the pool's form */
  addUser(change: UserChange = {}, sub = this.#newSub(this.#order.length)): SandboxUser {
    if (this.subOf(sub) !== undefined) throw new RangeError(`there is already a user ${sub}`)
    const now = new Date()
    this.#enter(sub)
    this.#put(sub, { ...change, created: now, modified: now })
    return this.userAt(sub)
  }

  /** @param user sub or username. Sets UserLastModifiedDate to now, as Cognito does. */
  changeUser(user: string, change: UserChange): SandboxUser {
    const sub = this.#known(user)
    this.#put(sub, { ...change, modified: new Date() })
    return this.userAt(sub)
  }

  /** @param user sub or username */
  deleteUser(user: string): void {
    const sub = this.#known(user)
    for (const key of [sub, sub + ECHO]) {
      const place = this.#order.indexOf(key)
      if (place < 0) continue
      this.#order[place] = undefined
      if (key.endsWith(ECHO)) this.#echoes--
      this.#sorted.splice(this.lowerBound(key), 1)
    }
    this.#changes.delete(sub)
    this.#forget()
  }

  /** Sets what no change could have set, and no date but a given one (see `poison.ts`). */
  poison(sub: string, change: Change): void {
    this.#put(sub, change)
  }

  /** Lists the user a second time, as they were before their last change: lists are only eventually consistent. */
  echo(sub: string): void {
    this.#enter(sub + ECHO)
    this.#echoes++
  }

  /** The sub of somebody who is in the pool. @param user sub or username */
  subOf(user: string): string | undefined {
    if (this.#sorted[this.lowerBound(user)] === user) return user
    this.#subsByUsername ??= new Map(Array.from(this.#subs(), (sub) => [this.#usernameOf(sub), sub]))
    return this.#subsByUsername.get(user)
  }

  /** The entry keys in order of sign-up, with holes. Listings walk along it. */
  get order(): readonly (string | undefined)[] {
    return this.#order
  }

  /** The entry keys in ascending order. */
  get sorted(): readonly string[] {
    return this.#sorted
  }

  /** The place of the first entry in `sorted` that is not before `key`. */
  lowerBound(key: string): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }

  isMember(key: string, groupName: string): boolean {
    const sub = key.replace(ECHO, '')
    const chosen = this.#changes.get(sub)?.groups
    if (chosen) return chosen.includes(groupName)
    const rule = this.#rules.get(groupName)
    return rule !== undefined && belongs(rule, this.seed, sub)
  }

  /** What an entry shows at this moment. */
  userAt(key: string): SandboxUser {
    const sub = key.replace(ECHO, '')
    const user = asUser(personOf(this.seed, sub), this.#changes.get(sub) ?? {})
    return key === sub ? user : asItWas(user)
  }

  *#subs(): Generator<string> {
    for (const key of this.#sorted) if (!key.endsWith(ECHO)) yield key
  }

  #usernameOf(sub: string): string {
    return this.#changes.get(sub)?.username ?? usernameOf(this.seed, sub)
  }

  #known(user: string): string {
    const sub = this.subOf(user)
    if (sub === undefined) throw new RangeError(`there is no user ${user} in ${this.id}`)
    return sub
  }

  #enter(key: string): void {
    this.#order.push(key)
    this.#sorted.splice(this.lowerBound(key), 0, key)
    this.#forget()
  }

  #put(sub: string, change: Change): void {
    const before = this.#changes.get(sub)
    const attributes = { ...before?.attributes, ...change.attributes }
    this.#changes.set(sub, { ...before, ...change, attributes })
    this.#forget()
  }

  #forget(): void {
    this.#subsByUsername = undefined
    this.version++
  }
}

/** Who was added by hand just now has a life still to come. */
const isPast = (date: Date) => date.getTime() <= Date.now()

function asUser(person: Person, change: Change): SandboxUser {
  const attributes = Object.entries<string | null>({ ...person.attributes, ...change.attributes })
  return {
    Username: change.username ?? person.username,
    Attributes: attributes.flatMap(([Name, Value]) => (Value === null ? [] : [{ Name, Value }])),
    UserCreateDate: change.created ?? person.created,
    UserLastModifiedDate: change.modified ?? person.modified,
    Enabled: change.enabled ?? person.enabled,
    UserStatus: change.status ?? person.status,
  }
}

function asItWas(user: SandboxUser): SandboxUser {
  const Attributes = user.Attributes.map((one) => (one.Name === 'name' ? { Name: 'name', Value: 'Name before' } : one))
  return { ...user, Attributes, UserLastModifiedDate: user.UserCreateDate }
}

import { makeClients, type SandboxClient } from './clients.ts'
import { describe, summarize } from './description.ts'
import { makeProviders, type SandboxIdentityProvider } from './identityProviders.ts'
import { makeImportJobs, type SandboxImportJob } from './importJobs.ts'
import { mfaConfiguration } from './mfaConfiguration.ts'
import { hash, Random } from './random.ts'
import { makeResourceServers, type SandboxResourceServer } from './resourceServers.ts'
import { plainAttribute, SCHEMA, type SchemaAttribute } from './schema.ts'

/** Whether Cognito judges each sign-in, and whether it acts on it. OFF: it keeps no record of them either. */
export type ThreatProtection = 'OFF' | 'AUDIT' | 'ENFORCED'

export interface PoolConfiguration {
  readonly seed?: number
  readonly region?: string
  readonly accountId?: string
  /** How many app clients. */
  readonly clients?: number
  /** How many identity providers. */
  readonly providers?: number
  readonly resourceServers?: number
  /** How many user import jobs. */
  readonly importJobs?: number
  readonly threatProtection?: ThreatProtection
}

/** What an administrator has set up: a user pool but for its people. */
export abstract class ConfiguredPool {
  readonly id: string
  readonly region: string
  readonly accountId: string
  readonly arn: string
  readonly name = 'Sandbox pool'
  readonly schema: SchemaAttribute[] = [...SCHEMA]
  readonly tags: Record<string, string> = {
    team: 'Zürich "Nord"',
    'cost:center': '<b>42</b>',
    東京: "drop table 'x';--",
  }
  threatProtection: ThreatProtection
  protected readonly seed: number
  readonly #clients: Map<string, SandboxClient>
  readonly #providers: Map<string, SandboxIdentityProvider>
  readonly #resourceServers: readonly SandboxResourceServer[]
  readonly #importJobs: readonly SandboxImportJob[]

  constructor({
    seed = 1,
    clients = 3,
    providers = 4,
    resourceServers = 2,
    importJobs = 2,
    ...rest
  }: PoolConfiguration) {
    this.seed = seed
    this.region = rest.region ?? 'us-east-1'
    this.accountId = rest.accountId ?? '123456789012'
    this.id = `${this.region}_${poolSuffix(seed)}`
    this.arn = `arn:aws:cognito-idp:${this.region}:${this.accountId}:userpool/${this.id}`
    this.threatProtection = rest.threatProtection ?? 'AUDIT'
    this.#clients = new Map(makeClients(clients, seed, this.id).map((client) => [client.ClientId, client]))
    this.#providers = new Map(makeProviders(providers, seed, this.id).map((one) => [one.ProviderName, one]))
    this.#resourceServers = makeResourceServers(resourceServers, this.id)
    this.#importJobs = makeImportJobs(importJobs, seed, this)
  }

  /** How many people are in it, whoever is listed twice. */
  abstract get userCount(): number

  /** As ListUserPools gives it. */
  summary(): ReturnType<typeof summarize> {
    return summarize(this)
  }

  /** As DescribeUserPool gives it. */
  description(): ReturnType<typeof describe> {
    return describe(this, this.userCount)
  }

  /** As GetUserPoolMfaConfig gives it. */
  mfaConfiguration(): ReturnType<typeof mfaConfiguration> {
    return mfaConfiguration(this)
  }

  /** Each as DescribeUserPoolClient gives it, its secret with it. */
  clients(): SandboxClient[] {
    return [...this.#clients.values()]
  }

  client(id: string): SandboxClient | undefined {
    return this.#clients.get(id)
  }

  deleteClient(id: string): void {
    if (!this.#clients.delete(id)) throw new RangeError(`there is no client ${id} in ${this.id}`)
  }

  /** Each as DescribeIdentityProvider gives it, its secrets with it. */
  identityProviders(): SandboxIdentityProvider[] {
    return [...this.#providers.values()]
  }

  identityProvider(name: string): SandboxIdentityProvider | undefined {
    return this.#providers.get(name)
  }

  deleteProvider(name: string): void {
    if (!this.#providers.delete(name)) throw new RangeError(`there is no identity provider ${name} in ${this.id}`)
  }

  /** As ListResourceServers gives them. */
  resourceServers(): readonly SandboxResourceServer[] {
    return this.#resourceServers
  }

  /** As ListUserImportJobs gives them, each with the URL that is to be kept nowhere. */
  importJobs(): readonly SandboxImportJob[] {
    return this.#importJobs
  }

  /**
   * Adds an attribute to the schema, or gives one another type, or takes it away. Cognito lets nobody do the latter two,
   * but a pool that was deleted and made anew comes to the same.
   */
  changeSchema(name: string, type: SchemaAttribute['AttributeDataType'] | null): void {
    const known = this.schema.findIndex(({ Name }) => Name === name)
    const described = type === null ? [] : [plainAttribute(name, type)]
    if (known >= 0) this.schema.splice(known, 1, ...described)
    else this.schema.push(...described)
  }
}

const poolSuffix = (seed: number) =>
  new Random(hash(seed, 'pool')).text(9, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AskError } from './errors.ts'
import { OIDC_VARIABLES, type OidcSettings, oidcSettings } from './oidcSettings.ts'

/** 32 secret bytes, and an id of theirs that is safe to show: the first 8 hex digits of their SHA-256. */
interface SecretKey {
  readonly id: string
  readonly bytes: Buffer
}

/** A key under which credentials are sealed. */
export type SealingKey = SecretKey

/** The key of the hashes that stand in place of personal values. */
export type HashKey = SecretKey

const secretKey = z.string().transform((text, context): SecretKey => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32) {
    context.addIssue({
      code: 'custom',
      message: 'a key must be 32 bytes in base64 (make one: openssl rand -base64 32)',
    })
    return z.NEVER
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
})

const urlOf = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a ${protocols.map((protocol) => `${protocol}//`).join(' or ')} address`,
  })

/** Names or addresses, each with a port or without one. */
const hosts = z
  .string()
  .toLowerCase()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(
    z.array(z.string().regex(/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/, 'must be hosts such as hooks.internal:8443')),
  )

const environment = z.object({
  DATABASE_URL: urlOf('postgres:', 'postgresql:').optional(),
  REDIS_URL: urlOf('redis:', 'rediss:').optional(),
  POOLKEEPER_KEY: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(secretKey))
    .default([]),
  POOLKEEPER_HASH_KEY: secretKey.optional(),
  POOLKEEPER_DATA: z.string().default('.poolkeeper'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be 0 (any free port) or more')
    .max(65535, 'must be at most 65535')
    .default(7300),
  POOLKEEPER_URL: urlOf('http:', 'https:').optional(),
  ...OIDC_VARIABLES,
  POOLKEEPER_TOKEN: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  POOLKEEPER_WEBHOOK_HOSTS: hosts.default([]),
  POOLKEEPER_READERS_URL: urlOf('postgres:', 'postgresql:').optional(),
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: urlOf('http:', 'https:').optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
})

/** What the environment says, checked once. The only place that reads `process.env`. */
export interface Config {
  /** Both or neither are set; neither means embedded services. */
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
  /** The first key seals, all of them open. Empty: none was given. */
  readonly keys: readonly SealingKey[]
  /** Undefined: none was given, and no run can hash. */
  readonly hashKey: HashKey | undefined
  /** Absolute path of the folder where embedded services keep their data. */
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  /** Where people and programs reach the dashboard. */
  readonly url: string | undefined
  /** Undefined: nobody signs in with OpenID Connect. */
  readonly oidc: OidcSettings | undefined
  /** What commands show the server at `url`, whose API they work through then. */
  readonly token: string | undefined
  readonly logLevel: string
  /** Hosts that webhooks may reach although they are private or speak plain HTTP. */
  readonly webhookHosts: readonly string[]
  /** Where psql and BI tools find the server, where that is not what we connect to ourselves. */
  readonly readersUrl: string | undefined
  readonly cognitoEndpoint: string | undefined
  /** What `dataflow create --access-key-id` seals, taken from the environment so that it never stands in a command line. */
  readonly awsSecretAccessKey: string | undefined
  readonly awsSessionToken: string | undefined
}

/**
 * Reads and checks the environment. An empty variable counts as one that is not set, as compose files pass them.
 * @throws AskError naming every variable that is wrong and what it should hold; never its value, which may be a secret.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`)
    throw new AskError('bad-configuration', `The environment is wrong. ${problems.join('; ')}.`)
  }
  const { data } = parsed
  if ((data.DATABASE_URL === undefined) !== (data.REDIS_URL === undefined)) {
    throw new AskError(
      'bad-configuration',
      'Set DATABASE_URL and REDIS_URL together, or neither to use the embedded services.',
    )
  }
  return Object.freeze({
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    keys: data.POOLKEEPER_KEY,
    hashKey: data.POOLKEEPER_HASH_KEY,
    dataFolder: resolve(data.POOLKEEPER_DATA),
    host: data.HOST,
    port: data.PORT,
    url: data.POOLKEEPER_URL,
    oidc: oidcSettings(data, data.POOLKEEPER_URL),
    token: data.POOLKEEPER_TOKEN,
    logLevel: data.LOG_LEVEL,
    webhookHosts: data.POOLKEEPER_WEBHOOK_HOSTS,
    readersUrl: data.POOLKEEPER_READERS_URL,
    cognitoEndpoint: data.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    awsSecretAccessKey: data.AWS_SECRET_ACCESS_KEY,
    awsSessionToken: data.AWS_SESSION_TOKEN,
  })
}

/** The environment for a child process of ours: this one's, with the given variables set. */
export function childEnvironment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...variables }
}

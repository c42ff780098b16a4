import { z } from 'zod'
import { DEFAULT_SOURCES, SOURCES } from '../cognito/catalogue.ts'
import { AskError } from '../errors.ts'
import { closest } from './closest.ts'
import { CONNECTOR_IDS } from './connectors.ts'
import { dataflowName } from './name.ts'
import { schedule, timezone } from './schedule.ts'
import { columnTreatments, treatmentProblems } from './treatments.ts'

/** `local` is what emulators such as cognito-local call theirs. */
const REGION = '(?:[a-z]{2,}(?:-[a-z]+)+-\\d{1,2}|local)'

/** "<Region>_<letters and digits>", at most 55 (API reference of Cognito, UserPoolIdType). */
const poolId = z
  .string('the pool id is missing')
  .trim()
  .max(55, 'the pool id is too long')
  .regex(
    new RegExp(`^${REGION}_[0-9A-Za-z]+$`),
    'the pool id must look like eu-central-1_AbCdEf123; the Cognito console shows it as User pool ID',
  )

const region = z
  .string()
  .trim()
  .regex(new RegExp(`^${REGION}$`), 'the Region must look like eu-central-1')

/**
 * Three months of nights. Removing a dataflow drops them in one transaction, which takes about 6.5 locks for each table
 * of each snapshot. Postgres as it comes gave 9,600 and then "out of shared memory" (measured, 15.18): of every table
 * that can be chosen, with the privacy tables, a hundred snapshots fit and 365 do not.
 */
const MOST_SNAPSHOTS = 100

const text = (what: string, most: number) =>
  z
    .string()
    .trim()
    .max(most, `the ${what} is too long; use at most ${most} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; Postgres can't even store NUL, nor half a character in JSON
    .regex(/^[^\u0000-\u0008\u000b-\u001f\u007f\p{Cs}]*$/u, `the ${what} holds control characters`)

function unknownTable(name: string): string {
  const meant = closest(name, SOURCES)
  return `there is no table ${name}; ${meant ? `did you mean ${meant}?` : `choose among ${SOURCES.join(', ')}`}`
}

const PURPOSES = ['All', 'Customer 360', 'Privacy-Metadata'] as const

function unknownPurpose(name: string): string {
  return `there is no purpose ${name}; choose among ${PURPOSES.join(', ')}`
}

/** 6 hours of the slower quota: a run that can't end within its timeout would never publish, and never get further. */
const MOST_REQUESTS = 1_000_000

const budget = z
  .int('the budget of a table must be a whole number of requests')
  .min(1, 'the budget of a table must be at least 1 request a run')
  .max(MOST_REQUESTS, `the budget of a table must be at most ${MOST_REQUESTS.toLocaleString('en')} requests a run`)

const tableChoice = z
  .strictObject({
    source: z.enum(SOURCES, { error: ({ input }) => unknownTable(String(input)) }),
    purpose: z.enum(PURPOSES, { error: ({ input }) => unknownPurpose(String(input)) }),
    /** Left out, those that stand stay. */
    treatments: columnTreatments.optional(),
    /** Of an opt-in table; left out, the one that stands stays. */
    budget: budget.optional(),
  })
  .superRefine(({ source, treatments = {} }, context) => {
    for (const message of treatmentProblems(source, treatments)) context.addIssue({ code: 'custom', message })
  })

/** By table, on top of those that stand. */
const treatments = z.record(z.string(), columnTreatments).superRefine((byTable, context) => {
  for (const [table, columns] of Object.entries(byTable)) {
    const problems = SOURCES.includes(table) ? treatmentProblems(table, columns) : [unknownTable(table)]
    for (const message of problems) context.addIssue({ code: 'custom', message })
  }
})

const tables = z
  .array(tableChoice)
  .min(1, 'choose at least one table')
  .superRefine((choices, context) => {
    const names = choices.map((choice) => choice.source)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice) context.addIssue({ code: 'custom', message: `the table ${twice} is chosen twice` })
  })

const ROLE = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/

// No message quotes a value: it might be the secret, pasted into the wrong place.

const accessKeyId = z
  .string('the access key id is missing')
  .trim()
  .regex(/^\w{16,128}$/, 'the access key id must look like AKIAIOSFODNN7EXAMPLE')

const secretAccessKey = z
  .string(
    'the secret access key is missing; the command line takes it from AWS_SECRET_ACCESS_KEY or asks on a terminal',
  )
  .regex(/^\S{1,200}$/, 'the secret access key must be 1 to 200 characters without spaces')

const sessionToken = z
  .string()
  .regex(/^\S{1,8192}$/, 'the session token must have no spaces')
  .optional()

const roleArn = z
  .string('the role ARN is missing')
  .trim()
  .regex(ROLE, 'the role ARN must look like arn:aws:iam::123456789012:role/poolkeeper')

const ambient = z.strictObject({ kind: z.literal('ambient') })

const CHOOSE = 'choose the credentials: an access key, a role, or those of the environment'

/** Those that AWS lends for a time begin so. */
function hasItsToken(given: { accessKeyId?: string | undefined; sessionToken?: string | undefined }): boolean {
  return !given.accessKeyId?.startsWith('ASIA') || given.sessionToken !== undefined
}

const TOKENLESS = {
  message: 'an access key id that starts with ASIA is a temporary one and needs its session token',
  path: ['sessionToken'],
}

const credentials = z.discriminatedUnion(
  'kind',
  [
    z
      .strictObject({ kind: z.literal('access-key'), accessKeyId, secretAccessKey, sessionToken })
      .refine(hasItsToken, TOKENLESS),
    z.strictObject({ kind: z.literal('role'), roleArn }),
    ambient,
  ],
  CHOOSE,
)

/** Of a draft: as much of them as there is. A secret that is left out is the one that was given before. */
const draftCredentials = z.discriminatedUnion(
  'kind',
  [
    z
      .strictObject({
        kind: z.literal('access-key'),
        accessKeyId: accessKeyId.optional(),
        secretAccessKey: secretAccessKey.optional(),
        sessionToken,
      })
      .refine((given) => given.secretAccessKey === undefined || hasItsToken(given), TOKENLESS),
    z.strictObject({ kind: z.literal('role'), roleArn: roleArn.optional() }),
    ambient,
  ],
  CHOOSE,
)

/** All of them but a secret, which is sealed by then. */
const sealedCredentials = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('access-key'), accessKeyId }),
    z.strictObject({ kind: z.literal('role'), roleArn }),
    ambient,
  ],
  CHOOSE,
)

const wholeNumber = (what: string, least: number, most: number) =>
  z
    .int(`${what} must be a whole number`)
    .min(least, `${what} must be at least ${least}`)
    .max(most, `${what} must be at most ${most.toLocaleString('en')}`)

/** More rows than a table will ever have, and what an integer of Postgres holds. */
const MOST_ROWS = 1_000_000_000

/** 100 groups for each of 40 million users, Cognito's caps, are 26 days of memberships at its fixed quota. */
const LONGEST_RUN_MINUTES = 30 * 24 * 60

/** A run that stands still for a day stands still. */
const LONGEST_STANDSTILL_MINUTES = 24 * 60

/** An import a year, and a month to spare. */
const LONGEST_FRESHNESS_MINUTES = 400 * 24 * 60

const tag = z
  .string()
  .trim()
  .regex(/^\P{C}{1,40}$/u, 'a tag has 1 to 40 characters and no control characters')

/** Each once, in their order. */
const tags = z
  .array(tag)
  .max(20, 'a dataflow has at most 20 tags')
  .transform((given) => [...new Set(given)])

/** What `create` and `edit` have in common. */
const fields = {
  displayName: text('display name', 200)
    .min(1, 'the display name is empty')
    .meta({ description: 'What people are shown in place of its name.' }),
  description: text('description', 2000).meta({ description: 'What it is for.' }),
  tags: tags.meta({ description: 'Words that people find it by.', example: ['production'] }),
  poolId: poolId.meta({ description: 'The user pool.', example: 'eu-central-1_AbCdEf123' }),
  region: region.optional().meta({ description: 'Left out, it is the one that the pool’s id begins with.' }),
  credentials: credentials.meta({ description: 'An access key, a role, or what the workers’ environment has.' }),
  tables: tables.meta({ description: 'What is imported, each table for its purpose.' }),
  treatments: treatments.meta({ description: 'Table → column → what is done to its values before they are stored.' }),
  budgets: z.record(z.string(), budget).meta({
    description: 'Opt-in table → the most requests that a run spends on it. What is not named stays.',
  }),
  acceptCosts: z.boolean().meta({
    description: 'Says that the costs of opt-in tables which were not chosen before are known.',
  }),
  schedule: schedule.nullable().meta({
    description: 'Five cron fields or a preset such as @daily; null: it runs when somebody asks for it.',
    example: '30 2 * * *',
  }),
  timezone: timezone.meta({ description: 'Of the schedule: an IANA name.', example: 'Europe/Berlin' }),
  keepSnapshots: z
    .int('the number of snapshots to keep must be a whole number')
    .min(1, 'at least 1 snapshot must be kept')
    .max(MOST_SNAPSHOTS, `at most ${MOST_SNAPSHOTS} snapshots can be kept`)
    .meta({ description: 'How many imports are kept to roll back to.' }),
  maxRemovedPercent: z
    .int('the most that may be removed must be a whole percentage, or off')
    .min(0, 'the most that may be removed must be 0 to 100 percent, or off')
    .max(100, 'the most that may be removed must be 0 to 100 percent, or off')
    .nullable()
    .meta({ description: 'An import that removes a larger share of a table is held; null: the guard is off.' }),
  maxRemovedRows: wholeNumber('the rows that may be removed', 0, MOST_ROWS).meta({
    description: 'So many rows of a table may go whatever share of it they are.',
  }),
  timeoutMinutes: wholeNumber('the minutes that a run may take', 1, LONGEST_RUN_MINUTES).meta({
    description: 'A run that takes longer fails.',
  }),
  noProgressMinutes: wholeNumber('the minutes without progress', 1, LONGEST_STANDSTILL_MINUTES).meta({
    description: 'So does one of which nothing has moved for so long.',
  }),
  freshnessMinutes: wholeNumber('the minutes after which it is late', 1, LONGEST_FRESHNESS_MINUTES).nullable().meta({
    description: 'It is late once the data that readers see is older; null: never.',
  }),
}

/** Problems, in one line. */
export function sentences(problems: readonly string[]): string {
  return problems.map(sentence).join(' ')
}

function sentence(problem: string): string {
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}${/[.?]$/.test(problem) ? '' : '.'}`
}

/** A pool's id begins with its Region, and any other Region answers that there is no such pool. */
function regionAgrees({ poolId, region }: { poolId?: string; region?: string }, context: z.RefinementCtx): void {
  const own = poolId && regionOf(poolId)
  if (!own || !region || own === region) return
  context.addIssue({ code: 'custom', message: `the pool ${poolId} is in the Region ${own}, not in ${region}` })
}

const connector = z
  .enum(CONNECTOR_IDS, {
    error: ({ input }) => `there is no connector ${String(input)}; choose among ${CONNECTOR_IDS}`,
  })
  .meta({ description: 'What it reads.' })

const name = dataflowName.meta({ description: 'Its schemas are named after it, for good.', example: 'CustomerPool' })

/** What a new dataflow is, with what holds where nothing is said. */
const settings = {
  name,
  connector: connector.default('aws-cognito'),
  ...fields,
  displayName: fields.displayName.optional(),
  description: fields.description.default(''),
  tags: fields.tags.default([]),
  treatments: fields.treatments.optional(),
  budgets: fields.budgets.optional(),
  tables: fields.tables.default(() => DEFAULT_SOURCES.map((name) => ({ source: name, purpose: 'All' as const }))),
  acceptCosts: fields.acceptCosts.default(false),
  schedule: fields.schedule.default(null),
  timezone: fields.timezone.default('UTC'),
  keepSnapshots: fields.keepSnapshots.default(7),
  maxRemovedPercent: fields.maxRemovedPercent.default(15),
  maxRemovedRows: fields.maxRemovedRows.default(20),
  timeoutMinutes: fields.timeoutMinutes.default(24 * 60),
  noProgressMinutes: fields.noProgressMinutes.default(30),
  freshnessMinutes: fields.freshnessMinutes.default(null),
}

export const createInput = z.strictObject(settings).superRefine(regionAgrees)

/** What is answered of a new dataflow so far. */
export const draftInput = z
  .strictObject({ name, connector, ...fields, credentials: draftCredentials })
  .partial()
  .superRefine(regionAgrees)

/** A draft that can become a dataflow. */
export const wholeDraft = z.strictObject({ ...settings, credentials: sealedCredentials }).superRefine(regionAgrees)

/** One whose pool can be asked. */
export const draftConnection = z
  .object({ poolId, region: fields.region, credentials: sealedCredentials })
  .superRefine(regionAgrees)

/** Anything but the name. What is left out stays. */
export const editInput = z
  .strictObject({
    ...fields,
    paused: z.boolean().meta({
      description: 'True pauses the schedule, false takes it up again at the next slot.',
    }),
    pauseReason: text('reason', 200).meta({ description: 'Why, for whoever comes upon it.' }),
  })
  .partial()
  .superRefine(regionAgrees)

export type CreateInput = z.input<typeof createInput>
export type EditInput = z.input<typeof editInput>
export type DraftInput = z.output<typeof draftInput>
export type CredentialsInput = z.output<typeof credentials>

/** The Region that a pool's id begins with. */
export function regionOf(poolId: string): string {
  return poolId.slice(0, poolId.lastIndexOf('_'))
}

/** @throws AskError 'bad-input' that lists every problem at once, each with its field. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const found = parsed.error.issues.map(({ message, path }) => ({
    field: fieldOf(path),
    // Our own messages are sentences; zod's ("Invalid input: expected string") need to be told of what.
    message: sentence(/^(Invalid|Unrecognized)/.test(message) ? `${path.join('.') || 'input'}: ${message}` : message),
  }))
  const problems = found.filter(({ message }, at) => found.findIndex((other) => other.message === message) === at)
  throw new AskError('bad-input', problems.map(({ message }) => message).join(' '), '', { problems })
}

/** Where in a form something is: a body is what the form sends. */
function fieldOf(path: readonly PropertyKey[]): string {
  return (path[0] === 'body' ? path.slice(1) : path).join('.')
}

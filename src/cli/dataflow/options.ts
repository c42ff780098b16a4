import type { Command } from 'commander'
import type { Config } from '../../config.ts'
import { AskError } from '../../errors.ts'
import { collect } from '../collect.ts'
import { ask, canAsk } from '../prompt.ts'
import { treatmentsFrom } from './treatmentOptions.ts'

/** What `create` and `edit` are told, as it was typed. */
export interface DataflowOptions {
  readonly poolId?: string
  readonly region?: string
  readonly accessKeyId?: string
  readonly roleArn?: string
  readonly ambient?: boolean
  readonly displayName?: string
  readonly description?: string
  readonly tag?: readonly string[]
  readonly table?: readonly string[]
  readonly budget?: readonly string[]
  readonly acceptCosts?: boolean
  readonly treat?: readonly string[]
  /** False: `--no-schedule`. */
  readonly schedule?: string | false
  readonly timezone?: string
  readonly keep?: string
  readonly maxRemoved?: string
  readonly maxRemovedRows?: string
  readonly timeout?: string
  /** `--no-progress`: to commander, what begins with "no" is the opposite of `--progress`, and true when it is absent. */
  readonly progress: string | true
  readonly freshness?: string
  readonly json?: boolean
}

/** Nothing is required or converted here: `src/dataflow/input.ts` judges all of it and tells every problem at once. */
export function addDataflowOptions(command: Command): Command {
  return command
    .option('--pool-id <id>', 'the user pool, such as eu-central-1_AbCdEf123')
    .option('--region <region>', 'its Region (default: the one that the pool id begins with)')
    .option(
      '--access-key-id <id>',
      'read it with an access key; the secret comes from AWS_SECRET_ACCESS_KEY or a prompt',
    )
    .option('--role-arn <arn>', 'or with a role that trusts Poolkeeper')
    .option('--ambient', "or with the environment's own credentials")
    .option('--display-name <text>', 'what people call it')
    .option('--description <text>', 'what it is for')
    .option('--tag <word>', 'a word that people find it by; repeat it for more', collect)
    .option('--table <table=purpose>', 'a table to import, such as users=All; repeat it for more', collect)
    .option(
      '--treat <table.column=treatment>',
      'drop, mask or hash the values of a column before they are written, or keep them: users.email=mask; repeat it',
      collect,
    )
    .option('--budget <table=requests>', 'the most that a run spends on an opt-in table (default: 10000)', collect)
    .option('--accept-costs', 'import opt-in tables, which cost a request a user and perhaps money')
    .option('--schedule <cron>', 'when to import: "30 2 * * *", @daily')
    .option('--timezone <zone>', "the schedule's time zone, such as Europe/Berlin (default: UTC)")
    .option('--keep <n>', 'how many snapshots to keep for rollback (default: 7)')
    .option('--max-removed <percent>', 'hold an import that removes more of a table than this; or off (default: 15)')
    .option('--max-removed-rows <n>', 'and more rows of it than this (default: 20)')
    .option('--timeout <minutes>', 'fail a run that takes longer than this (default: 1440)')
    .option('--no-progress <minutes>', 'and one of which nothing moves for this long (default: 30)')
    .option('--freshness <minutes>', 'it is late without a success for longer than this; or off (default: off)')
    .option('--json', 'print JSON on stdout')
}

/** The options as input for `createDataflow` or `editDataflow`; what was not said is absent. */
export async function settingsFrom(options: DataflowOptions, config: Config) {
  const { poolId, region, displayName, description, tag, timezone, keep, schedule } = options
  const { table, treat, budget, acceptCosts } = options
  const credentials = await credentialsFrom(options, config)
  return {
    ...(poolId !== undefined && { poolId }),
    ...(region !== undefined && { region }),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(tag && { tags: tag }),
    ...(timezone !== undefined && { timezone }),
    ...(schedule !== undefined && { schedule: schedule === false ? null : schedule }),
    ...(keep !== undefined && { keepSnapshots: numberFrom(keep) }),
    ...limitsFrom(options),
    ...(table && { tables: table.map(tableFrom) }),
    ...(treat && { treatments: treatmentsFrom(treat) }),
    ...(budget && { budgets: Object.fromEntries(budget.map(budgetFrom)) }),
    ...(acceptCosts && { acceptCosts }),
    ...(credentials && { credentials }),
  }
}

function limitsFrom({ maxRemoved, maxRemovedRows, timeout, progress, freshness }: DataflowOptions) {
  return {
    ...(maxRemoved !== undefined && { maxRemovedPercent: numberOrOff(maxRemoved) }),
    ...(maxRemovedRows !== undefined && { maxRemovedRows: numberFrom(maxRemovedRows) }),
    ...(timeout !== undefined && { timeoutMinutes: numberFrom(timeout) }),
    ...(progress !== true && { noProgressMinutes: numberFrom(progress) }),
    ...(freshness !== undefined && { freshnessMinutes: numberOrOff(freshness) }),
  }
}

/** `Number('')` would be 0. */
function numberFrom(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function numberOrOff(text: string): number | null {
  return text === 'off' ? null : numberFrom(text)
}

function budgetFrom(text: string): [table: string, requests: number] {
  const [table = '', requests = ''] = text.split('=')
  return [table, numberFrom(requests)]
}

function tableFrom(text: string): { source: string; purpose: string } {
  const [source = '', ...purpose] = text.split('=')
  return { source, purpose: purpose.length > 0 ? purpose.join('=') : 'All' }
}

async function credentialsFrom({ accessKeyId, roleArn, ambient }: DataflowOptions, config: Config) {
  if ([accessKeyId, roleArn, ambient].filter((kind) => kind !== undefined).length > 1) {
    throw new AskError('bad-input', 'Give only one of --access-key-id, --role-arn and --ambient.')
  }
  if (roleArn !== undefined) return { kind: 'role', roleArn }
  if (ambient) return { kind: 'ambient' }
  return accessKeyId === undefined ? undefined : accessKeyFrom(accessKeyId, config)
}

/** The secret is never an argument: those stand in the shell's history and in everybody's `ps`. */
async function accessKeyFrom(accessKeyId: string, { awsSecretAccessKey, awsSessionToken }: Config) {
  const secretAccessKey =
    awsSecretAccessKey ?? (canAsk() ? await ask(`Secret access key of ${accessKeyId}: `, { hidden: true }) : undefined)
  // A long-lived key takes no session token; one left in the environment belongs to some other key.
  const sessionToken = accessKeyId.startsWith('ASIA') ? awsSessionToken : undefined
  return { kind: 'access-key', accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

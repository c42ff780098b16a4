import { type Command, InvalidArgumentError } from 'commander'
import { AskError, errorCode } from '../../errors.ts'
import { stopRequested } from '../../lifecycle.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import type { CommandContext } from '../context.ts'
import { examples } from '../help.ts'
import type { Output } from '../output.ts'

interface Options {
  readonly users: number
  readonly groups: number
  readonly seed: number
  readonly port: number
  readonly latency: number
  readonly quota: number
  readonly json?: boolean
}

export function register(program: Command, { output }: CommandContext): void {
  examples(
    program
      .command('sandbox')
      .description(
        'Run a user pool to try things on: a Cognito endpoint on this machine, with quotas, latency and faults',
      )
      .option('--users <number>', 'how many users', wholeNumber(0, 2_000_000), 5_000)
      .option('--groups <number>', 'how many groups', wholeNumber(0, 10_000), 12)
      .option('--seed <number>', 'the same seed gives the same pool', wholeNumber(0, 2 ** 32 - 1), 1)
      .option('--port <number>', '0 for a free one', wholeNumber(0, 65_535), 0)
      .option('--latency <ms>', 'mean time to an answer', wholeNumber(0, 60_000), 60)
      .option('--quota <factor>', 'all request quotas times this; 1 is AWS', positiveNumber, 1)
      .option('--json', 'print JSON on stdout')
      .action(async (options: Options) => {
        const stopped = stopRequested()
        const sandbox = await start({ ...options, latencyMs: options.latency })
        const ready = readyMessage(sandbox)
        process.send?.({ ready })
        if (options.json) output.json(ready)
        else describe(sandbox, options, output)
        await stopped
        await sandbox.stop()
        if (process.connected) process.disconnect()
      }),
    'poolkeeper sandbox --users 100000 --latency 150',
  )
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  const { startSandbox } = await import('../../sandbox/sandbox.ts')
  try {
    return await startSandbox(options)
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error
    throw new AskError('conflict', `Port ${options.port} is in use.`, 'Choose another --port, or 0 for a free one.')
  }
}

/** The keys are made up and open nothing but this sandbox. */
function readyMessage({ endpoint, poolId, region, credentials, roleArn, externalId }: Sandbox) {
  const { accessKeyId, secretAccessKey } = credentials
  return { endpoint, poolId, region, accessKeyId, secretAccessKey, roleArn, externalId }
}

function describe(sandbox: Sandbox, { users, groups }: Options, output: Output): void {
  const { endpoint, poolId, region, credentials } = sandbox
  output.line(`A pool of ${users.toLocaleString('en')} users in ${groups} groups is up. Ctrl-C ends it.`)
  output.line()
  output.line(`  endpoint           ${endpoint}`)
  output.line(`  pool id            ${poolId}`)
  output.line(`  Region             ${region}`)
  output.line(`  access key id      ${credentials.accessKeyId}`)
  output.line(`  secret access key  ${credentials.secretAccessKey}`)
  output.line()
  output.line('In other terminals, also before `poolkeeper worker` and `poolkeeper dashboard`:')
  output.line()
  output.line(`  export AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=${endpoint} AWS_ENDPOINT_URL_STS=${endpoint}`)
  output.line(`  export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`)
  output.line(
    `  poolkeeper dataflow create SandboxPool --pool-id ${poolId} --region ${region} --access-key-id ${credentials.accessKeyId}`,
  )
  output.line()
  output.line('To see it throttle, or do worse (kinds of faults: src/sandbox/faults.ts):')
  output.line()
  output.line(`  curl ${endpoint}/_sandbox/state`)
  output.line(`  curl ${endpoint}/_sandbox/faults -d '{"kind": "throttle", "count": 100}'`)
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

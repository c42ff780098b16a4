import { atLeast, type Bench, type Outcome, round } from './bench.ts'
import { type Reading, readPlainly, readShardsPlainly } from './plainSdk.ts'
import { usageOf } from './processes.ts'
import { NO_QUOTA, onStage, type Stage } from './stage.ts'

const USERS = 400_000
const PLAIN_SECONDS = 10

export const pipeline: Bench = {
  name: 'pipeline',
  measures: `${USERS.toLocaleString('en')} users without latency or quota: a whole run with one worker, beside the SDK that only reads`,
  run: () => pipelineAt(USERS),
}

export function pipelineAt(users: number): Promise<Outcome> {
  const sandbox = { users, groups: 0, quota: NO_QUOTA, shortPages: 0, emptyPages: 0 }
  return onStage(sandbox, async (stage) => {
    const plain = await readPlainly(stage.sandbox, PLAIN_SECONDS)
    const shards = await readShardsPlainly(stage.sandbox, PLAIN_SECONDS)
    const whole = await importOnce(stage, users)
    return {
      goals: [atLeast('users/s of a whole run ÷ the SDK reading', whole.usersPerSecond / plain.usersPerSecond, 0.7)],
      rows: [
        { what: "the SDK's paginator", ...rounded(plain) },
        { what: 'sixteen of them at once', ...rounded(shards) },
        { what: 'a whole run, one worker', ...rounded(whole) },
      ],
    }
  })
}

async function importOnce(stage: Stage, users: number): Promise<Reading> {
  const dataflow = await stage.createDataflow({ name: 'Pipeline' })
  const [worker] = await stage.start('worker', 1)
  await stage.start('scheduler', 1)
  const before = await usageOf(worker?.pid ?? 0)
  const { seconds } = await stage.succeeded(await stage.request(dataflow))
  const after = await usageOf(worker?.pid ?? 0)
  return {
    usersPerSecond: users / (seconds ?? Number.NaN),
    cpuMicrosPerUser: ((after.cpuSeconds - before.cpuSeconds) * 1_000_000) / users,
  }
}

const rounded = ({ usersPerSecond, cpuMicrosPerUser }: Reading) => ({
  usersPerSecond: round(usersPerSecond),
  cpuMicrosPerUser: round(cpuMicrosPerUser),
})

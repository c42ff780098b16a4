import { CATEGORY_RATES, QUOTA_SHARE } from '../src/cognito/quotas.ts'
import { atLeast, atMost, type Bench, counted, type Goal, type Outcome, round } from './bench.ts'
import { PAGE, readPlainly } from './plainSdk.ts'
import { onStage } from './stage.ts'
import { steadyPart, watchRun } from './watch.ts'

const USERS = 54_000
/** Requests a second: AWS's quota, and Poolkeeper's share of it. */
const QUOTA = CATEGORY_RATES.UserList
const ALLOWED = QUOTA * QUOTA_SHARE

const WARM_UP_SECONDS = 2
const PLAIN_SECONDS = 10

/** Pages are full, so that a request carries 60 users and both goals can be told apart. */
const sandboxAt = (latencyMs: number) => ({ users: USERS, groups: 0, latencyMs, shortPages: 0, emptyPages: 0 })

export const quota: Bench = {
  name: 'quota',
  measures: `${USERS.toLocaleString('en')} users at AWS's ${QUOTA} requests/s, of which ${ALLOWED} may be used, at three latencies`,
  async run(): Promise<Outcome> {
    const rows = []
    const goals: Goal[] = []
    for (const latencyMs of [50, 150, 400]) {
      for (const workers of [1, 4]) {
        const measured = await measure(latencyMs, workers)
        const what = `${latencyMs} ms, ${counted(workers, 'worker')}`
        goals.push(atLeast(`requests used of those allowed, ${what}`, measured.used, 0.98))
        goals.push(atLeast(`users/s of what they could carry, ${what}`, measured.carried, 0.96))
        goals.push(atMost(`requests throttled, ${what}`, measured.throttled, 0.005))
        rows.push({ latencyMs, workers, ...rounded(measured) })
      }
    }
    return { goals, rows }
  },
}

interface Measured {
  readonly used: number
  readonly carried: number
  readonly throttled: number
  readonly usersPerSecond: number
  /** Of the 1,800 users/s that the whole quota could list. */
  readonly ofThePhysicalLimit: number
  readonly plainSdkUsersPerSecond: number
}

function measure(latencyMs: number, workers: number): Promise<Measured> {
  return onStage(sandboxAt(latencyMs), async (stage) => {
    const plain = await readPlainly(stage.sandbox, PLAIN_SECONDS)
    const dataflow = await stage.createDataflow({ name: 'Quota' })
    await stage.start('worker', workers)
    await stage.start('scheduler', 1)
    const samples = await watchRun(stage, await stage.request(dataflow))
    const { from, to } = steadyPart(samples, WARM_UP_SECONDS)
    const seconds = to.at - from.at
    const usersPerSecond = (to.rows - from.rows) / seconds
    const asked = to.listed - from.listed + to.throttled - from.throttled
    return {
      used: (to.listed - from.listed) / seconds / ALLOWED,
      carried: usersPerSecond / (ALLOWED * PAGE),
      throttled: (to.throttled - from.throttled) / asked,
      usersPerSecond,
      ofThePhysicalLimit: usersPerSecond / (QUOTA * PAGE),
      plainSdkUsersPerSecond: plain.usersPerSecond,
    }
  })
}

function rounded(measured: Measured): Record<keyof Measured, number> {
  const { used, carried, throttled, usersPerSecond, ofThePhysicalLimit, plainSdkUsersPerSecond } = measured
  return {
    used: round(used),
    carried: round(carried),
    throttled: round(throttled),
    usersPerSecond: round(usersPerSecond),
    ofThePhysicalLimit: round(ofThePhysicalLimit),
    plainSdkUsersPerSecond: round(plainSdkUsersPerSecond),
  }
}

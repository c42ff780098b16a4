import { setTimeout as pause } from 'node:timers/promises'
import { CATEGORY_RATES } from '../src/cognito/quotas.ts'
import { atLeast, atMost, type Bench, type Outcome, round } from './bench.ts'
import { ForeignConsumer } from './foreignConsumer.ts'
import { onStage, type Stage } from './stage.ts'
import { look } from './watch.ts'

const USERS = 100_000
const LATENCY_MS = 150
/** Requests a second: AWS's quota, and what somebody else takes of it. */
const QUOTA = CATEGORY_RATES.UserList
const FOREIGN = 10

/** Both runs are under way by then, and have found out that they are not alone. */
const WARM_UP_SECONDS = 10
const SECONDS = 50

export const shared: Bench = {
  name: 'shared',
  measures: `two dataflows on one account at AWS's ${QUOTA} requests/s, of which somebody else takes ${FOREIGN}`,
  run: () => measureShared(SECONDS),
}

export function measureShared(seconds: number): Promise<Outcome> {
  const sandbox = { users: USERS, groups: 0, latencyMs: LATENCY_MS, shortPages: 0, emptyPages: 0 }
  return onStage(sandbox, async (stage) => {
    await stage.start('worker', 2)
    await stage.start('scheduler', 1)
    const foreign = new ForeignConsumer(stage.sandbox, FOREIGN)
    for (const name of ['One', 'Two']) await stage.request(await stage.createDataflow({ name }))
    await pause(WARM_UP_SECONDS * 1_000)
    const measured = await measureBoth(stage, foreign, seconds)
    await foreign.stop()
    return {
      goals: [
        atMost("of somebody else's requests throttled", measured.foreignThrottled, 0.01),
        atLeast('of what is left used', measured.ours / (QUOTA - FOREIGN), 0.95),
      ],
      rows: [
        {
          oursPerSecond: round(measured.ours),
          oursThrottledPerSecond: round(measured.oursThrottled),
          foreignPerSecond: round(measured.foreign),
          foreignThrottledShare: round(measured.foreignThrottled),
        },
      ],
    }
  })
}

async function measureBoth(stage: Stage, consumer: ForeignConsumer, seconds: number) {
  const [before, foreignBefore] = [await look(stage), consumer.counts()]
  await pause(seconds * 1_000)
  const [after, foreignAfter] = [await look(stage), consumer.counts()]
  const answered = foreignAfter.answered - foreignBefore.answered
  const refused = foreignAfter.throttled - foreignBefore.throttled
  return {
    ours: (after.listed - before.listed - answered) / seconds,
    oursThrottled: (after.throttled - before.throttled - refused) / seconds,
    foreign: answered / seconds,
    foreignThrottled: refused / (answered + refused),
  }
}

import type { ChildProcess } from 'node:child_process'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { CATEGORY_RATES, QUOTA_SHARE } from '../src/cognito/quotas.ts'
import { atLeast, type Bench, type Goal, type Outcome, round } from './bench.ts'
import { usageOf } from './processes.ts'
import { onStage, type Stage } from './stage.ts'
import { look } from './watch.ts'

const ACCOUNTS = 16
const LATENCY_MS = 150
/** Enough for the measurement and what comes before it, at the full quota. */
const USERS = 60_000
/** Requests a second that one account may ask for. */
const ALLOWED = CATEGORY_RATES.UserList * QUOTA_SHARE

const WARM_UP_SECONDS = 8
const SECONDS = 20

/** A core, or the whole machine, that is busier than this is full: what comes then shows the machine and not the fleet. */
const FULL = 0.9

export const scale: Bench = {
  name: 'scale',
  measures: `1, 2 and 4 workers over up to ${ACCOUNTS} accounts, each at its quota, until a core is full`,
  async run(): Promise<Outcome> {
    const rows = []
    for (const accounts of [4, ACCOUNTS]) {
      for (const workers of [1, 2, 4]) rows.push({ accounts, workers, ...(await measure(accounts, workers)) })
    }
    return { goals: goalsOf(rows), rows: rows.map(rounded) }
  },
}

interface Measured {
  /** Of the requests that all accounts together may ask for. */
  readonly used: number
  readonly usersPerSecond: number
  /** Cores that the workers kept busy, all together, and the busiest of them alone. */
  readonly workerCores: number
  readonly busiestWorker: number
  /** Of all cores of the machine, whoever kept them busy: sandbox and servers are on it as well. */
  readonly machine: number
  /** Accounts at their full quota that one core of a worker keeps up with. */
  readonly accountsPerCore: number
}

type Case = Measured & { readonly accounts: number; readonly workers: number }

export function measure(accounts: number, workers: number): Promise<Measured> {
  const sandbox = { accounts, users: USERS, groups: 0, latencyMs: LATENCY_MS, shortPages: 0, emptyPages: 0 }
  return onStage(sandbox, async (stage) => {
    const fleet = await stage.start('worker', workers)
    await stage.start('scheduler', 1)
    const pools = [stage.sandbox, ...stage.sandbox.others]
    for (const [at, pool] of pools.entries()) {
      await stage.request(await stage.createDataflow({ name: `Account${at}` }, pool))
    }
    await pause(WARM_UP_SECONDS * 1_000)
    const before = await snapshot(stage, fleet)
    await pause(SECONDS * 1_000)
    return between(before, await snapshot(stage, fleet), accounts)
  })
}

interface Snapshot {
  readonly at: number
  readonly listed: number
  readonly rows: number
  readonly workers: readonly number[]
  readonly machine: { readonly busy: number; readonly all: number }
}

async function snapshot(stage: Stage, workers: readonly ChildProcess[]): Promise<Snapshot> {
  const { listed, rows } = await look(stage)
  const usages = await Promise.all(workers.map(({ pid = 0 }) => usageOf(pid)))
  const times = cpus().map(({ times }) => times)
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  return {
    ...{ at: performance.now() / 1_000, listed, rows },
    workers: usages.map(({ cpuSeconds }) => cpuSeconds),
    machine: { busy: all - idle, all },
  }
}

function between(from: Snapshot, to: Snapshot, accounts: number): Measured {
  const seconds = to.at - from.at
  const used = (to.listed - from.listed) / seconds / (ALLOWED * accounts)
  const cores = to.workers.map((cpu, at) => (cpu - (from.workers[at] ?? 0)) / seconds)
  const workerCores = cores.reduce((sum, core) => sum + core, 0)
  return {
    used,
    usersPerSecond: (to.rows - from.rows) / seconds,
    workerCores,
    busiestWorker: Math.max(...cores),
    machine: (to.machine.busy - from.machine.busy) / (to.machine.all - from.machine.all),
    accountsPerCore: (used * accounts) / workerCores,
  }
}

/** As long as no core is full, every account is at its quota: twice the accounts, twice the users. */
function goalsOf(rows: readonly Case[]): Goal[] {
  return rows
    .filter(({ busiestWorker, machine }) => busiestWorker < FULL && machine < FULL)
    .map(({ accounts, workers, used }) =>
      atLeast(`requests used of those allowed, accounts × ${accounts}, workers × ${workers}`, used, 0.96),
    )
}

function rounded({ accounts, workers, ...measured }: Case) {
  const figures = Object.entries(measured).map(([name, value]) => [name, round(value)] as const)
  return { accounts, workers, ...(Object.fromEntries(figures) as Record<keyof Measured, number>) }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../src/config.ts'
import { descendantsOf } from '../test/support/processTree.ts'
import { atMost, type Bench, type Outcome, round } from './bench.ts'
import { type ProcessUsage, usageOf } from './processes.ts'

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url))

/** What has just been loaded is still being compiled, and the dashboard is still coming up. */
const SETTLE_MS = 15_000
const IDLE_SECONDS = 30

export const start: Bench = {
  name: 'start',
  measures:
    'npm start on an empty folder until its pool is imported, and what each process takes while nothing is to be done',
  run: () => measureStart({ settleMs: SETTLE_MS, idleSeconds: IDLE_SECONDS }),
}

async function measureStart({ settleMs, idleSeconds }: { settleMs: number; idleSeconds: number }): Promise<Outcome> {
  const folder = join(tmpdir(), `poolkeeper-bench-${randomBytes(4).toString('hex')}`)
  const began = performance.now()
  const npm = spawn('npm', ['start'], {
    cwd: CHECKOUT,
    env: childEnvironment({ POOLKEEPER_DATA: folder, PORT: '0', DATABASE_URL: '', REDIS_URL: '' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const said = listen(npm)
    await said('DemoPool, run 1: succeeded')
    const seconds = (performance.now() - began) / 1_000
    await said('The dashboard: ')
    await pause(settleMs)
    const idle = await usageOver(npm.pid ?? 0, idleSeconds)
    return {
      goals: [
        atMost('seconds from npm start to imported', seconds, 15),
        ...idle.map(({ name, cpuPercent }) => atMost(`% CPU while idle, ${name}`, cpuPercent, 1)),
      ],
      rows: idle.map(({ name, cpuPercent, memoryMB }) => ({
        process: name,
        cpuPercent: round(cpuPercent),
        memoryMB: round(memoryMB),
      })),
    }
  } finally {
    npm.kill('SIGTERM')
    if (npm.exitCode === null) await once(npm, 'exit')
    await rm(await realpath(join(folder, 'postgres')), { recursive: true })
    await rm(folder, { recursive: true })
  }
}

/** @returns a wait for the process to have said something; fails if it ends before. */
function listen(child: ChildProcess): (words: string) => Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`npm start ended: ${said}`)))
  return async (words) => {
    while (!said.includes(words)) await Promise.race([ended, pause(20)])
  }
}

interface Idle {
  readonly name: string
  readonly cpuPercent: number
  readonly memoryMB: number
}

/** What the processes below npm take in so many seconds, those of one kind together. */
async function usageOver(npm: number, seconds: number): Promise<Idle[]> {
  const before = await usageByName(npm)
  await pause(seconds * 1_000)
  const after = await usageByName(npm)
  return [...after].map(([name, { cpuSeconds, memoryMB }]) => ({
    ...{ name, memoryMB },
    cpuPercent: (100 * (cpuSeconds - (before.get(name)?.cpuSeconds ?? 0))) / seconds,
  }))
}

async function usageByName(npm: number): Promise<Map<string, Pick<ProcessUsage, 'cpuSeconds' | 'memoryMB'>>> {
  const used = new Map<string, { cpuSeconds: number; memoryMB: number }>()
  for (const { pid, command } of [{ pid: npm, command: 'npm' }, ...(await descendantsOf(npm))]) {
    const usage = await usageOf(pid)
    const name = nameOf(command.replaceAll('\0', ' '))
    const { cpuSeconds, memoryMB } = used.get(name) ?? { cpuSeconds: 0, memoryMB: 0 }
    used.set(name, { cpuSeconds: cpuSeconds + usage.cpuSeconds, memoryMB: memoryMB + usage.memoryMB })
  }
  return used
}

function nameOf(command: string): string {
  if (command.includes('postgres')) return 'Postgres'
  if (command.includes('supervisor.ts')) return 'Valkey and supervisor'
  if (command.includes('esbuild')) return 'esbuild (loads the sources)'
  return command.match(/poolkeeper\.js (\w+)/)?.[1] ?? 'npm'
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { IMAGE } from './image.ts'

export const COMMAND = join(IMAGE, 'bin/poolkeeper.js')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A `poolkeeper` command as a process of its own, to be looked at and killed for real. */
export interface RunningCommand {
  readonly pid: number
  /** All that it has written so far, to either output. */
  output(): string
  kill(signal: NodeJS.Signals): void
  /** Writes to its stdin, and closes that. */
  tell(text: string): void
  /** Resolves once it has ended, however that came about. */
  readonly finished: Promise<Finished>
}

/** Starts `poolkeeper <args>`; whatever is still running when the test has finished is killed. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>>): RunningCommand {
  return startProcess([COMMAND, ...args], env)
}

/** Starts Node on a script with its arguments. */
export function startProcess(
  script: readonly string[],
  env: Readonly<Record<string, string>>,
  folder?: string,
): RunningCommand {
  return startProgram(process.execPath, script, env, folder)
}

/** Starts any program that the machine has. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder?: string,
): RunningCommand {
  // biome-ignore lint/style/noProcessEnv: a child needs PATH and HOME
  const child = spawn(program, args, { env: { ...process.env, ...env }, cwd: folder })
  const chunks = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    chunks.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    chunks.stderr += chunk
  })
  const finished = once(child, 'close').then(([code]) => ({ code, ...chunks }))
  onTestFinished(() => endOf(child, finished))
  return {
    pid: child.pid ?? 0,
    output: () => chunks.stdout + chunks.stderr,
    kill: (signal) => void child.kill(signal),
    tell: (text) => void child.stdin.end(text),
    finished,
  }
}

/** Runs `poolkeeper <args>` to its end. */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> {
  return startCommand(args, env).finished
}

async function endOf(child: ChildProcess, finished: Promise<Finished>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await finished
}

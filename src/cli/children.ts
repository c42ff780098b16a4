import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { childEnvironment } from '../config.ts'
import { GiveUpError } from '../errors.ts'

/** Told to stop, a worker lets go within a fraction of this; what is cut off goes on from its checkpoint. */
const PATIENCE_MS = 3_000

export interface Child {
  /** What it sends as `{ready: …}` once it is up; pending for ever if it never does. */
  readonly ready: Promise<unknown>
}

/** Commands of ours that run as processes beside this one, and end with it. */
export class Children {
  /** Rejects, with the end of its log, when a child ends that was not asked to. */
  readonly failure: Promise<never>
  readonly #logs: string
  readonly #running = new Set<ChildProcess>()
  #fail: (error: Error) => void = () => undefined
  #stopping = false

  /** @param logs the folder where each child's output goes, as `<name>.log` */
  constructor(logs: string) {
    this.#logs = logs
    this.failure = new Promise((_, reject) => {
      this.#fail = reject
    })
  }

  /**
   * Runs `poolkeeper <args>`.
   * @param variables set on top of this process's environment
   */
  fork(args: readonly string[], variables: Readonly<Record<string, string>>): Child {
    if (this.#stopping) throw new GiveUpError('cancelled', 'Stopped while starting.')
    const name = args[0] ?? ''
    const log = join(this.#logs, `${name}.log`)
    const child = forkInto(log, args, variables)
    this.#running.add(child)
    child.once('exit', (code, signal) => {
      this.#running.delete(child)
      if (!this.#stopping) void describeEnd(name, log, signal ?? `code ${code}`).then(this.#fail)
    })
    return { ready: readyMessage(child) }
  }

  /** Asks all of them to stop and waits until they are gone; after 3 s they are made to. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#running].map(stop))
  }
}

function forkInto(log: string, args: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
  const output = openSync(log, 'w', 0o600)
  try {
    return fork(process.argv[1] ?? '', args, {
      env: childEnvironment(variables),
      execArgv: [],
      // Ctrl-C reaches a terminal's whole process group: in groups of their own, they end in the order that we choose.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    })
  } finally {
    closeSync(output)
  }
}

function readyMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve(message.ready)
    })
  })
}

async function describeEnd(name: string, log: string, how: string): Promise<GiveUpError> {
  const tail = (await readFile(log, 'utf8')).trim().split('\n').slice(-10).join('\n')
  return new GiveUpError('internal', `The ${name} has ended by itself (${how}). The end of ${log}:\n${tail}`)
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  child.kill('SIGTERM')
  await gone
  clearTimeout(impatience)
}

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

/** A child that ended by itself is started again at once, but not more often than this in a minute. */
const RESTARTS_A_MINUTE = 3

/** Commands of ours that run as processes beside this one, and end with it. */
export class Children {
  /** Rejects, with the end of its log, when a child ends that was not asked to and can't be started again. */
  readonly failure: Promise<never>
  readonly #logs: string
  readonly #running = new Set<ChildProcess>()
  readonly #onRestart: (name: string, how: string) => void
  #fail: (error: Error) => void = () => undefined
  #stopping = false

  /**
   * @param logs the folder where each child's output goes, as `<name>.log`
   * @param onRestart told when a child ended by itself and is started again
   */
  constructor(logs: string, onRestart: (name: string, how: string) => void) {
    this.#logs = logs
    this.#onRestart = onRestart
    this.failure = new Promise((_, reject) => {
      this.#fail = reject
    })
  }

  /** Runs `poolkeeper <args>`, once. @param variables set on top of this process's environment */
  fork(args: readonly string[], variables: Readonly<Record<string, string>>): Child {
    return this.#fork({ args, variables, onEnd: (end) => this.#giveUp(end) })
  }

  /** The same, for what holds nothing and goes on where it was: killed, it is started again. */
  keep(args: readonly string[], variables: Readonly<Record<string, string>>): Child {
    const ends: number[] = []
    const onEnd = (end: End) => {
      ends.push(Date.now())
      const tooOften = (ends.at(-1 - RESTARTS_A_MINUTE) ?? 0) > Date.now() - 60_000
      if (tooOften || !end.wasReady) return this.#giveUp(end)
      this.#onRestart(end.name, end.how)
      this.#fork({ args, variables, onEnd, again: true })
    }
    return this.#fork({ args, variables, onEnd })
  }

  #fork({ args, variables, onEnd, again }: Fork): Child {
    if (this.#stopping) throw new GiveUpError('cancelled', 'Stopped while starting.')
    const name = args[0] ?? ''
    const log = join(this.#logs, `${name}.log`)
    const child = forkInto(openSync(log, again ? 'a' : 'w', 0o600), args, variables)
    const ready = readyMessage(child)
    let wasReady = false
    ready.then(() => {
      wasReady = true
    })
    this.#running.add(child)
    child.once('exit', (code, signal) => {
      this.#running.delete(child)
      if (!this.#stopping) onEnd({ name, log, how: signal ?? `code ${code}`, wasReady })
    })
    return { ready }
  }

  #giveUp(end: End): void {
    void describeEnd(end).then(this.#fail)
  }

  /** Asks all of them to stop and waits until they are gone; after 3 s they are made to. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#running].map(stop))
  }
}

function forkInto(output: number, args: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
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

interface Fork {
  readonly args: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly onEnd: (end: End) => void
  /** Its log goes on where its predecessor's ended. */
  readonly again?: boolean
}

/** How a child ended that nobody had asked to. */
interface End {
  readonly name: string
  readonly log: string
  /** The signal, or the exit code. */
  readonly how: string
  readonly wasReady: boolean
}

async function describeEnd({ name, log, how }: End): Promise<GiveUpError> {
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

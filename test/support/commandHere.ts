import { Writable } from 'node:stream'
import { createOutput } from '../../src/cli/output.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Finished } from './processes.ts'

/** What a command writes to, in place of a terminal or a pipe. */
export interface Target extends NodeJS.WriteStream {
  /** All that was written so far. */
  written(): string
}

/** @param terminal what a terminal tells of itself; without it, it is none */
export function aTarget(terminal: { readonly isTTY?: true; readonly columns?: number } = {}): Target {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  return Object.assign(stream, { ...terminal, written: () => text }) as unknown as Target
}

/** Runs `poolkeeper <args>` within this process, with nothing but this environment: a second sooner than as one of its own. */
export async function commandHere(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const [stdout, stderr] = [aTarget(), aTarget()]
  const code = await runProgram(args, createOutput(stdout, stderr), env)
  return { code, stdout: stdout.written(), stderr: stderr.written() }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { IMAGE } from '../support/image.ts'
import { imageInstruction, type Service } from './composeFile.ts'

const ENTRYPOINT = z.array(z.string()).parse(JSON.parse(imageInstruction('ENTRYPOINT') ?? ''))

/** How what is another container in Compose is reached here: replacements in the environment and the health check. */
export type Local = (text: string) => string

export interface LocalService {
  readonly process: ChildProcess
  /** All that it has written so far. */
  output(): string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Starts a service of ours by the image's entrypoint, with the service's own command and nothing but its environment. */
export function startService(service: Service, local: Local): LocalService {
  return start([...ENTRYPOINT, ...service.command], service, local)
}

/** Runs a service's own health check once, as Docker does within its container. */
export async function isHealthy(service: Service, local: Local): Promise<boolean> {
  const [form, ...test] = service.healthcheck?.test ?? []
  const command = form === 'CMD' ? test : ['sh', '-c', ...test]
  return (await start(command, service, local).ended) === 0
}

function start(command: readonly string[], service: Service, local: Local): LocalService {
  const [program = '', ...args] = command.map(local)
  const child = spawn(program, args, { cwd: IMAGE, env: environmentOf(service, local) })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  return { process: child, output: () => output, ended }
}

function environmentOf({ environment }: Service, local: Local): Record<string, string> {
  const given = Object.entries(environment).filter(([, value]) => value !== null)
  // biome-ignore lint/style/noProcessEnv: where node is
  const PATH = process.env.PATH ?? ''
  return { PATH, ...Object.fromEntries(given.map(([name, value]) => [name, local(`${value}`)])) }
}

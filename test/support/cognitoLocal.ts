import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'

export interface CognitoLocal {
  readonly endpoint: string
  /** It takes any key. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** A bare client of the SDK, to fill pools with. */
  readonly client: CognitoIdentityProviderClient
  stop(): Promise<void>
}

/** Starts `cognito-local` (npm), an emulator that nobody here wrote: pages end at once, filters work, quotas don't exist. */
export async function startCognitoLocal(): Promise<CognitoLocal> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-local-'))
  const command = createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js')
  // biome-ignore lint/style/noProcessEnv: a child needs PATH
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0' }
  const child = spawn(process.execPath, [command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      const address = /running on (http:\/\/[\d.]+:\d+)/.exec(output)?.[1]
      if (address) resolve(address)
    })
    child.once('exit', () => reject(new Error(`cognito-local ended: ${output}`)))
  })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new CognitoIdentityProviderClient({ endpoint, region: 'local', credentials })
  return {
    endpoint,
    credentials,
    client,
    async stop() {
      client.destroy()
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

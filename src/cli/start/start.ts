import { join } from 'node:path'
import { openDataFolder } from '../../embedded/folder.ts'
import { refuseSecondStart } from '../../embedded/services.ts'
import { stopRequested } from '../../lifecycle.ts'
import { Children } from '../children.ts'
import type { CommandContext } from '../context.ts'
import type { Start } from './bringUp.ts'
import { npmGone } from './npm.ts'
import { startSandbox } from './sandbox.ts'
import { openServers } from './servers.ts'

export interface StartOptions {
  readonly json?: boolean
  /** False: servers of its own, but requests go to AWS. While the sandbox stands in for it, no real pool can be reached. */
  readonly sandbox: boolean
}

/**
 * Runs all of Poolkeeper on this machine until it is told to stop, and leaves nothing running then. On servers of the
 * environment's it seeds nothing; without them it brings its own, and a sandbox in place of
 * AWS, whose pool it imports at the first start.
 * @throws PoolkeeperError when something can't be started, or ends by itself
 */
export async function start({ config, output }: CommandContext, options: StartOptions): Promise<void> {
  const stop = Promise.race([stopRequested(), npmGone()])
  const embedded = config.databaseUrl === undefined
  output.line(embedded ? `Starting, with servers of its own in ${config.dataFolder}.` : 'Starting.')
  await openDataFolder(config.dataFolder)
  if (embedded) await refuseSecondStart(config.dataFolder)
  const children = new Children(join(config.dataFolder, 'logs'), (name, how) =>
    output.line(`The ${name} ended by itself (${how}); it is started again. Nothing is lost.`),
  )
  const servers = openServers(config)
  try {
    const sandbox = embedded && options.sandbox ? startSandbox(children) : undefined
    const up = bringUp({ output, json: options.json ?? false, children, servers, sandbox })
    await Promise.race([stop, children.failure, servers.then(({ failure }) => failure), up.then(() => stop)])
    output.line('Stopping.')
  } finally {
    await children.stop()
    await (await servers).stop()
  }
}

/** Its modules (drizzle, the dataflows) take 0.6 s of CPU to load, which passes while the servers start. */
async function bringUp(start: Start): Promise<void> {
  const { bringUp } = await import('./bringUp.ts')
  await bringUp(start)
}

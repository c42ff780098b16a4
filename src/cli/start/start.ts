import { join } from 'node:path'
import { z } from 'zod'
import { createSignInLink } from '../../access/signInLink.ts'
import type { Config } from '../../config.ts'
import { migrate } from '../../db/migrate.ts'
import { openDataFolder } from '../../embedded/folder.ts'
import { stopRequested } from '../../lifecycle.ts'
import type { RunRecord } from '../../run/history.ts'
import { type Child, Children } from '../children.ts'
import type { CommandContext } from '../context.ts'
import type { Output } from '../output.ts'
import { printRun, succeeded } from '../runReport.ts'
import { importOnce, type SandboxPool, sandboxVariables, startSandbox } from './demo.ts'
import { printFirstUsers } from './firstUsers.ts'
import { openServers, type Servers } from './servers.ts'

/**
 * Runs all of Poolkeeper on this machine until it is told to stop, and leaves nothing running then. On servers of the
 * environment's it seeds nothing; without them it brings its own, and a sandbox pool that it imports at the first start.
 * @throws PoolkeeperError when something can't be started, or ends by itself
 */
export async function start({ config, output }: CommandContext, { json = false }: { json?: boolean }): Promise<void> {
  const stop = stopRequested()
  await openDataFolder(config.dataFolder)
  const children = new Children(join(config.dataFolder, 'logs'))
  const servers = openServers(config)
  try {
    const up = bringUp({ config, output, json, children, servers })
    await Promise.race([stop, children.failure, servers.then(({ failure }) => failure), up.then(() => stop)])
  } finally {
    output.line('Stopping.')
    await children.stop()
    await (await servers).stop()
  }
}

interface Start {
  readonly config: Config
  readonly output: Output
  readonly json: boolean
  readonly children: Children
  readonly servers: Promise<Servers>
}

async function bringUp({ config, output, json, children, servers: opening }: Start): Promise<void> {
  const embedded = config.databaseUrl === undefined
  output.line(embedded ? `Starting, with servers of its own in ${config.dataFolder}.` : 'Starting.')
  const sandboxStarting = embedded ? startSandbox(children) : undefined
  const servers = await opening
  await migrate(servers.db)
  const sandbox = await sandboxStarting
  const dashboard = forkProcesses(children, servers, sandbox)
  const run = sandbox && (await showDemo(output, servers, sandbox))
  const signIn = await createSignInLink(servers.db, await addressOf(dashboard))
  if (json) output.json({ signIn, run: run ?? null })
  else printWelcome(output, signIn)
}

/** @returns the dashboard */
function forkProcesses(children: Children, servers: Servers, sandbox: SandboxPool | undefined): Child {
  const variables = { ...servers.variables, ...(sandbox && sandboxVariables(sandbox)) }
  children.fork(['scheduler'], variables)
  children.fork(['worker'], variables)
  return children.fork(['dashboard'], variables)
}

/** @returns the run that made what the views show */
async function showDemo(output: Output, servers: Servers, sandbox: SandboxPool): Promise<RunRecord> {
  await servers.announceCognito(sandbox.endpoint)
  const { dataflow, run } = await importOnce(servers, sandbox)
  printRun(output, run)
  if (succeeded(run)) await printFirstUsers(output, servers.db, dataflow)
  return run
}

async function addressOf(dashboard: Child): Promise<string> {
  return z.object({ url: z.string() }).parse(await dashboard.ready).url
}

function printWelcome(output: Output, signIn: string): void {
  output.line(`The dashboard: ${signIn}`)
  output.line('The link signs one person in, once, within 15 minutes; `npx poolkeeper sign-in` makes another.')
  output.line('Ctrl-C stops everything. What was imported stays.')
}

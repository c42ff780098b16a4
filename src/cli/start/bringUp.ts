import { z } from 'zod'
import { createSignInLink } from '../../access/signInLink.ts'
import type { Dataflow } from '../../dataflow/dataflow.ts'
import type { Database } from '../../db/database.ts'
import { migrate } from '../../db/migrate.ts'
import type { RunRecord } from '../../run/history.ts'
import { watchRun } from '../../run/watch.ts'
import type { Child, Children } from '../children.ts'
import type { Output } from '../output.ts'
import { person } from '../person.ts'
import { showProgress } from '../progress.ts'
import { printRun, succeeded } from '../runReport.ts'
import { demoDataflow, publishedRun, requestFirstRun } from './demo.ts'
import { printFirstUsers } from './firstUsers.ts'
import { type SandboxPool, sandboxVariables } from './sandbox.ts'
import type { Servers } from './servers.ts'

/** A start on its way: what it was asked, and what begins to run. */
export interface Start {
  readonly output: Output
  readonly json: boolean
  readonly children: Children
  readonly servers: Promise<Servers>
  /** Only where the servers are our own. */
  readonly sandbox: Promise<SandboxPool> | undefined
}

/** Brings up everything that runs on the servers, and shows it. */
export async function bringUp(start: Start): Promise<void> {
  const { output, json, children } = start
  const [servers, sandbox] = await Promise.all([start.servers, start.sandbox])
  if (servers.note) output.line(servers.note)
  await migrate(servers.db)
  const variables = { ...servers.variables, ...(sandbox && sandboxVariables(sandbox)) }
  const importers = forkImporters(children, variables)
  const importing = sandbox && importDemo(output, servers, sandbox)
  // Loading takes each of them 1 to 2 s of CPU: people wait for the import first, and then for the dashboard.
  await Promise.all(importers.map(({ ready }) => ready))
  const dashboard = children.keep(['dashboard'], variables)
  const run = await importing
  const signIn = await createSignInLink(servers.db, person(), await addressOf(dashboard))
  if (json) output.json({ signIn, run: run ?? null })
  else printWelcome(output, signIn)
}

function forkImporters(children: Children, variables: Readonly<Record<string, string>>): readonly Child[] {
  return [children.keep(['worker'], variables), children.keep(['scheduler'], variables)]
}

/**
 * Imports the sandbox's pool at the first start, with progress bars, and shows what the views hold.
 * @returns the run that made it
 */
async function importDemo(output: Output, servers: Servers, sandbox: SandboxPool): Promise<RunRecord> {
  const { db } = servers
  await servers.announceCognito(sandbox.endpoint)
  const dataflow = await demoDataflow(servers, sandbox)
  const run = (await publishedRun(db, dataflow)) ?? (await firstRun(db, dataflow))
  output.line()
  printRun(output, run)
  output.line()
  if (succeeded(run)) await printFirstUsers(output, db, dataflow)
  return run
}

async function firstRun(db: Database, dataflow: Dataflow): Promise<RunRecord> {
  return showProgress(watchRun(db, await requestFirstRun(db, dataflow), {}))
}

async function addressOf(dashboard: Child): Promise<string> {
  return z.object({ url: z.string() }).parse(await dashboard.ready).url
}

function printWelcome(output: Output, signIn: string): void {
  output.line(`The dashboard: ${signIn}`)
  output.line('The link signs one person in, once, within 15 minutes; `npx poolkeeper sign-in` makes another.')
  output.line('Ctrl-C stops everything. What was imported stays.')
}

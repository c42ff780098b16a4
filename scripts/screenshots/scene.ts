import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startDashboard } from '../../dashboard/server.ts'
import { createSignInLink } from '../../src/access/signInLink.ts'
import { loadConfig } from '../../src/config.ts'
import { createDataflow } from '../../src/dataflow/create.ts'
import { editDataflow } from '../../src/dataflow/edit.ts'
import type { CreateInput } from '../../src/dataflow/input.ts'
import { closeDatabase, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startServices } from '../../src/embedded/services.ts'
import { createLogger } from '../../src/logger.ts'
import { findRun } from '../../src/run/history.ts'
import { requestRun } from '../../src/run/request.ts'
import { isActive } from '../../src/run/states.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startScheduler } from '../../src/scheduler/scheduler.ts'
import { startWorker } from '../../src/worker/worker.ts'

/** Dataflows in every state that people meet, all of them imported from a sandbox. */
export interface Scene {
  readonly url: string
  /** Opens the dashboard, signed in. */
  readonly link: string
  /** A pool that can be connected to. */
  readonly pool: Pick<Sandbox, 'poolId' | 'credentials'>
  readonly runs: Readonly<Record<'succeeded' | 'failed' | 'held' | 'running', number>>
  stop(): Promise<void>
}

export async function setScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'poolkeeper-screenshots-'))
  const services = await startServices(join(folder, 'data'), { durable: false })
  const sandbox = await startSandbox({ users: 1_812, groups: 4 })
  const key = () => randomBytes(32).toString('base64')
  // the SDK's own setting: workers find Cognito by it, as they do in a sandbox that `poolkeeper sandbox` runs
  // biome-ignore lint/style/noProcessEnv: nothing but the SDK reads it
  process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = sandbox.endpoint
  const { keys, hashKey, webhookHosts } = loadConfig({ POOLKEEPER_KEY: key(), POOLKEEPER_HASH_KEY: key() })
  const db = openDatabase(services.databaseUrl, { name: 'screenshots', max: 2 })
  await migrate(db)
  const logger = createLogger('screenshots', 'silent')
  const options = {
    ...services,
    keys,
    hashKey,
    webhookHosts,
    url: undefined,
    logger,
    cognitoEndpoint: sandbox.endpoint,
  }
  const dashboard = await startDashboard({ ...options, host: '127.0.0.1', port: 0, oidc: undefined }, logger)
  const running = [dashboard, await startScheduler(options), await startWorker(options)]

  const create = (input: Partial<CreateInput> & { name: string }) => {
    const { poolId, credentials } = sandbox
    const nightly = { schedule: '30 2 * * *', timezone: 'Europe/Berlin' }
    return createDataflow(db, keys, {
      ...{ poolId, credentials: { kind: 'access-key', ...credentials } },
      ...nightly,
      ...input,
    })
  }
  const request = async ({ id }: { id: number }) =>
    (await requestRun(db, { dataflowId: id, tables: null, trigger: 'manual', requestedBy: 'ana' })).id
  const run = async (dataflow: { id: number }) => {
    const requested = await request(dataflow)
    while (isActive((await findRun(db, requested)).state)) await setTimeout(200)
    return requested
  }

  const customers = await create({ name: 'CustomerPool', displayName: 'Customers', tags: ['eu', 'shop'] })
  await run(customers)
  for (const user of [...sandbox.users()].slice(0, 12)) sandbox.deleteUser(String(user.Username))
  const succeeded = await run(customers)

  const partners = sandbox.addPool({ users: 420, groups: 3 })
  const held = await create({ name: 'PartnerPool', displayName: 'Partners', poolId: partners.id, tags: ['eu'] })
  await run(held)
  for (const user of [...partners.users()].slice(0, 160)) partners.deleteUser(String(user.Username))

  const mayNotList = sandbox.addPrincipal({ denied: ['cognito-idp:ListGroups'] })
  const staff = await create({
    name: 'StaffPool',
    displayName: 'Staff',
    credentials: { kind: 'access-key', ...mayNotList },
  })
  const archive = await create({ name: 'ArchivePool', displayName: 'Archive', tags: ['us'] })
  await run(archive)
  await editDataflow(db, keys, archive.name, { paused: true, pauseReason: 'by ana' })
  await create({ name: 'TrialPool', displayName: 'Trials' })
  const large = sandbox.addPool({ users: 150_000, groups: 2 })
  const shop = await create({ name: 'ShopPool', displayName: 'Web shop', poolId: large.id, tags: ['us', 'shop'] })
  const runs = { succeeded, held: await run(held), failed: await run(staff), running: await request(shop) }
  while ((await findRun(db, runs.running)).state !== 'streaming') await setTimeout(200)

  return {
    ...{ url: dashboard.url, link: await createSignInLink(db, 'ana', dashboard.url), pool: sandbox, runs },
    async stop() {
      for (const one of running) await one.quiet()
      for (const one of running.reverse()) await one.stop()
      await closeDatabase(db)
      await sandbox.stop()
      await services.stop()
      await rm(await realpath(join(folder, 'data', 'postgres')), { recursive: true })
      await rm(folder, { recursive: true })
    },
  }
}

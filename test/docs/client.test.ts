import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createToken } from '../../src/access/token.ts'
import { createClient } from '../../src/client/client.ts'
import { listRuns } from '../../src/run/history.ts'
import { seedDataflow } from '../dashboard/seeds.ts'
import { openDashboardForTest } from '../dashboard/visitor.ts'
import { createTestDatabase } from '../support/database.ts'
import { startProcess } from '../support/processes.ts'
import { fail } from '../support/runs.ts'

const page = await readFile(new URL('../../docs/client.md', import.meta.url), 'utf8')

test('the example requests a run and follows it to its end', async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const url = await openDashboardForTest({ databaseUrl })
  await seedDataflow(db, { name: 'CustomerPool' })
  const operator = { ...EVERYTHING_GRANTED, role: 'operator', personal: false } as const
  const { secret } = await createToken(db, { ...operator, name: 'billing', createdBy: 'ana', expiresAt: null })

  const script = await exampleIn(page)
  const tsx = fileURLToPath(import.meta.resolve('tsx'))
  const example = startProcess(['--import', tsx, script], { POOLKEEPER_URL: url, POOLKEEPER_TOKEN: secret })
  await vi.waitFor(() => expect(example.output()).toMatch(/run \d+: queued/), 10_000)
  const [run] = await listRuns(db)
  expect(run).toMatchObject({ onlyTables: ['users'], requestedBy: 'billing' })
  await fail(db, run?.run ?? 0)
  expect(await example.finished).toMatchObject({ code: 0, stdout: expect.stringMatching(/^failed /) })
})

/** The first example as a file; of the package there are only the sources here. */
async function exampleIn(text: string): Promise<string> {
  const [, example = ''] = /```js\n(.*?)```/s.exec(text) ?? []
  const script = join(await mkdtemp(join(tmpdir(), 'poolkeeper-client-')), 'example.mjs')
  await writeFile(script, example.replace('poolkeeper/client', import.meta.resolve('../../src/client/client.ts')))
  return script
}

test('the package exports what is built of the client', async () => {
  const { exports } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  const { types, default: script } = exports['./client']
  const source = new URL(`../../${script.replace('dist/', '').replace(/\.js$/, '.ts')}`, import.meta.url)
  expect(await readFile(source, 'utf8')).toContain('export function createClient')
  expect(types).toBe(script.replace(/\.js$/, '.d.ts'))
})

test('the page names every call of the client', () => {
  const { runs, dataflows, ...client } = createClient({ url: 'http://127.0.0.1', token: 'pk_one' })
  for (const name of Object.keys({ ...runs, ...dataflows, ...client })) expect(page).toContain(`${name}(`)
})

import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test, vi } from 'vitest'
import { EVERYTHING_GRANTED } from '../../src/access/caller.ts'
import { createToken } from '../../src/access/token.ts'
import { API, ROUTES } from '../../src/api/routes.ts'
import { findRun } from '../../src/run/history.ts'
import { seedDataflow } from '../dashboard/seeds.ts'
import { openDashboardForTest } from '../dashboard/visitor.ts'
import { createTestDatabase } from '../support/database.ts'
import { startProgram } from '../support/processes.ts'
import { fail } from '../support/runs.ts'

let page: string

beforeAll(async () => {
  page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8')
})

test('the page about the API names every route with its role, and no other', () => {
  const named = [...page.matchAll(/^\| (`.*`) \| (\w+) \|/gm)].flatMap(([, routes = '', role]) =>
    [...routes.matchAll(/`([^`]+)`/g)].map(([, route]) => `${route} ${role}`),
  )
  const routes = Object.values(ROUTES).map(({ method, path, role }) => `${method.toUpperCase()} ${path} ${role}`)
  expect(named.sort()).toEqual(routes.sort())
})

const HAS_CURL = spawnSync('curl', ['--version']).status === 0

test.runIf(HAS_CURL)('its examples with curl request a run and follow it to its end', async () => {
  const { db, url: databaseUrl } = await createTestDatabase()
  const url = await openDashboardForTest({ databaseUrl })
  await seedDataflow(db, { name: 'CustomerPool' })
  const operator = { ...EVERYTHING_GRANTED, role: 'operator', personal: false } as const
  const { secret } = await createToken(db, { ...operator, name: 'billing', createdBy: 'ana', expiresAt: null })
  const [request = '', follow = ''] = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code)
  const env = { POOLKEEPER_URL: url, POOLKEEPER_TOKEN: secret }

  const requested = await startProgram('sh', ['-c', request], env).finished
  const { run } = JSON.parse(requested.stdout)
  expect(await findRun(db, run)).toMatchObject({ state: 'queued', onlyTables: ['users'], requestedBy: 'billing' })

  const following = startProgram('sh', ['-c', follow], { ...env, RUN: String(run) })
  await vi.waitFor(() => expect(following.output()).toContain('event: progress'), 10_000)
  await fail(db, run)
  expect((await following.finished).stdout).toMatch(/event: ended\n.*"state":"failed"/s)
})

test('its example of a refusal is one', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? []
  expect(Object.keys(JSON.parse(example))).toEqual(
    expect.arrayContaining(['type', 'title', 'status', 'detail', 'cause', 'remedy', 'requestId']),
  )
  expect(page).toContain(API)
})

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { childEnvironment } from '../../src/config.ts'
import { createTestDatabase } from '../support/database.ts'
import { COMMAND, runCommand, startCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'
import { openDashboardForTest, stranger } from './visitor.ts'

let env: { DATABASE_URL: string; REDIS_URL: string; HOST: string; PORT: string }

beforeAll(async () => {
  const { url } = await createTestDatabase()
  env = { DATABASE_URL: url, REDIS_URL: await testRedisUrl(), HOST: '127.0.0.1', PORT: '0' }
})

describe('poolkeeper dashboard', () => {
  test('tells its parent where it listens, serves pages from any folder, and ends with its parent', async () => {
    const child = fork(COMMAND, ['dashboard'], { env: childEnvironment(env), cwd: tmpdir(), silent: true })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [{ ready }] = (await once(child, 'message')) as [{ ready: { url: string } }]
    expect(await (await stranger(ready.url)('/sign-in')).text()).toContain('npx poolkeeper sign-in')
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('says in one line that its port is taken, and what to do', async () => {
    const { port } = new URL(await openDashboardForTest({ databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL }))
    const { code, stderr } = await runCommand(['dashboard'], { ...env, PORT: port })
    expect(code).toBe(2)
    expect(stderr).toBe(
      `poolkeeper: Port ${port} of 127.0.0.1 is taken. ` +
        'Stop what listens there, or set PORT to another one (0 takes any that is free).\n',
    )
  })
})

test('poolkeeper sign-in prints a link that opens the dashboard', async () => {
  const url = await openDashboardForTest({ databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL })
  const { code, stdout } = await runCommand(['sign-in', '--url', url, '--json'], env)
  expect(code).toBe(0)
  const { link } = JSON.parse(stdout) as { link: string }
  expect(link.startsWith(`${url}/sign-in?token=`)).toBe(true)
  const answer = await stranger(url)('/sign-in', { method: 'POST', body: new URL(link).searchParams })
  expect(answer.status).toBe(303)
})

test('the token of a link never reaches the dashboard’s log', async () => {
  const running = startCommand(['dashboard'], { ...env, LOG_LEVEL: 'trace' })
  const url = await vi.waitFor(() => {
    const found = /"url":"([^"]+)"/.exec(running.output())?.[1]
    expect(found).toBeDefined()
    return found ?? ''
  }, 20_000)
  const token = 'a-token-that-nobody-may-read'
  await stranger(url)(`/sign-in?token=${token}`)
  await stranger(url)('/sign-in', { method: 'POST', body: new URLSearchParams({ token }) })
  running.kill('SIGTERM')
  expect((await running.finished).code).toBe(0)
  expect(running.output()).not.toContain(token)
})

import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/processes.ts'

/** Nothing listens on port 1. */
const NOWHERE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }

const oneLine = (start: string) => new RegExp(`^poolkeeper: ${start}[^\\n]*\\n$`)

describe('the command line', () => {
  test('shows every command, whatever the environment holds', async () => {
    const { code, stdout } = await runCommand(['--help'], { PORT: 'wrong' })
    expect(code).toBe(0)
    for (const command of ['start', 'dataflow', 'connect', 'policy', 'run', 'rollback', 'doctor']) {
      expect(stdout).toContain(`\n  ${command} `)
    }
  })

  test('answers a mistake in one line that says what to do, and fails', async () => {
    const [command, environment, server] = await Promise.all([
      runCommand(['docter'], {}),
      runCommand(['dataflow', 'list'], { PORT: 'wrong' }),
      runCommand(['dataflow', 'list'], NOWHERE),
    ])
    expect(command.stderr).toMatch(oneLine("unknown command 'docter' \\(Did you mean doctor\\?\\)"))
    expect(environment.stderr).toMatch(oneLine('The environment is wrong. PORT'))
    expect(server.stderr).toMatch(oneLine('A server does not answer \\(ECONNREFUSED\\)'))
    for (const { code, stdout } of [command, environment, server]) {
      expect(code).toBe(1)
      expect(stdout).toBe('')
    }
  })

  test('tells every problem of a dataflow at once, before it connects to anything', async () => {
    const wrong = ['--pool-id', 'x', '--table', 'user', '--timezone', 'Berlin', '--keep', 'some', '--schedule', '* *']
    const { code, stderr } = await runCommand(['dataflow', 'create', 'my-pool', ...wrong], NOWHERE)
    expect(code).toBe(1)
    expect(stderr).toMatch(oneLine('The name may hold only'))
    for (const part of ['pool id must', 'credentials', 'did you mean users?', '2 fields', 'Europe/Berlin', 'whole']) {
      expect(stderr).toContain(part)
    }
  })
})

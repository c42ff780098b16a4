import { describe, expect, test } from 'vitest'
import { commandHere } from '../support/commandHere.ts'
import { runCommand } from '../support/processes.ts'

/** Nothing listens on port 1. */
const NOWHERE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }

const oneLine = (start: string) => new RegExp(`^poolkeeper: ${start}[^\\n]*\\n$`)

describe('the command line', () => {
  test('shows every command, whatever the environment holds', async () => {
    const { code, stdout } = await commandHere(['--help'], { PORT: 'wrong' })
    expect(code).toBe(0)
    for (const command of ['start', 'dataflow', 'connect', 'policy', 'run', 'rollback', 'doctor']) {
      expect(stdout).toContain(`\n  ${command} `)
    }
  })

  test('answers a mistake in one line that says what to do, and fails', async () => {
    const [command, environment, server] = await Promise.all([
      runCommand(['docter'], {}),
      commandHere(['dataflow', 'list'], { PORT: 'wrong' }),
      commandHere(['dataflow', 'list'], NOWHERE),
    ])
    expect(command.stderr).toMatch(oneLine("unknown command 'docter' \\(Did you mean doctor\\?\\)"))
    expect(environment.stderr).toMatch(oneLine('The environment is wrong. PORT'))
    expect(server.stderr).toMatch(oneLine('A server does not answer \\(ECONNREFUSED\\)'))
    expect([command.code, environment.code, server.code]).toEqual([2, 2, 6])
    expect([command.stdout, environment.stdout, server.stdout]).toEqual(['', '', ''])
  })

  test('tells every problem of a dataflow at once, before it connects to anything', async () => {
    const wrong = ['--pool-id', 'x', '--table', 'user', '--timezone', 'Berlin', '--keep', 'some', '--schedule', '* *']
    const { code, stderr } = await commandHere(['dataflow', 'create', 'my-pool', ...wrong], NOWHERE)
    expect(code).toBe(2)
    expect(stderr).toMatch(oneLine('The name may hold only'))
    for (const part of ['pool id must', 'credentials', 'did you mean users?', '2 fields', 'Europe/Berlin', 'whole']) {
      expect(stderr).toContain(part)
    }
  })
})

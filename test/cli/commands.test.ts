import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type OperationName, ROUTES } from '../../src/api/routes.ts'
import { createOutput } from '../../src/cli/output.ts'
import { createProgram } from '../../src/cli/program.ts'
import { seedDataflow } from '../dashboard/seeds.ts'
import { aTarget, commandHere } from '../support/commandHere.ts'
import { createTestDatabase } from '../support/database.ts'
import { runCommand } from '../support/processes.ts'
import { testRedisUrl } from '../support/redis.ts'

/** The command for each operation. */
const COMMANDS: Readonly<Record<OperationName, string>> = {
  listDataflows: 'dataflow list',
  createDataflow: 'dataflow create',
  showDataflow: 'dataflow show',
  editDataflow: 'dataflow edit',
  removeDataflow: 'dataflow remove',
  testConnection: 'connect',
  previewRun: 'preview',
  showPolicy: 'policy',
  listConnectors: 'connector list',
  listDrafts: 'draft list',
  createDraft: 'draft create',
  showDraft: 'draft show',
  editDraft: 'draft edit',
  discardDraft: 'draft discard',
  connectDraft: 'draft connect',
  saveDraft: 'draft save',
  listDataflowRuns: 'history',
  requestRun: 'run',
  listSnapshots: 'snapshots',
  rollback: 'rollback',
  diffSnapshots: 'diff',
  listRuns: 'history',
  exportRuns: 'history',
  listFailures: 'failures',
  showRun: 'show',
  showProgress: 'show',
  listRunLog: 'log',
  watchRun: 'watch',
  cancelRun: 'cancel',
  approveRun: 'approve',
  discardRun: 'discard',
  retryRun: 'retry',
  showQuotas: 'quota',
  setShare: 'quota set',
  unsetShare: 'quota unset',
  listDatabases: 'database list',
  showDatabase: 'database show',
  listReaders: 'reader list',
  createReader: 'reader create',
  removeReader: 'reader remove',
  showTable: 'database show',
  listRows: 'database rows',
  exportRows: 'database export',
  showAbout: 'about',
  whoAmI: 'whoami',
  listTokens: 'token list',
  createToken: 'token create',
  revokeToken: 'token revoke',
  listAudit: 'audit',
  listWebhooks: 'webhook list',
  createWebhook: 'webhook create',
  showWebhook: 'webhook show',
  removeWebhook: 'webhook remove',
  testWebhook: 'webhook test',
  listDeliveries: 'webhook deliveries',
}

/** Every command that does something, by what is typed. */
let commands: ReadonlyMap<string, Command>

beforeAll(async () => {
  commands = new Map(leaves(await createProgram(createOutput(aTarget(), aTarget()), {})))
})

function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  const below = command.commands.flatMap((child) => leaves(child, [...path, child.name()]))
  const acts = command.commands.length === 0 || command.options.some(({ long }) => long === '--json')
  return acts && path.length > 0 ? [[path.join(' '), command], ...below] : below
}

describe('every operation of the API', () => {
  const folder = fileURLToPath(new URL('../../src/cli', import.meta.url))
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n')

  test.each(Object.keys(ROUTES) as OperationName[])('%s has a command', (operation) => {
    expect([...commands.keys()]).toContain(COMMANDS[operation])
    expect(sources).toContain(`'${operation}'`)
  })

  test('has one that prints JSON', () => {
    const without = Object.values(COMMANDS).filter(
      (path) => !commands.get(path)?.options.some(({ long }) => long === '--json'),
    )
    expect(without).toEqual([])
  })
})

test('the help of every command has examples', async () => {
  expect(commands.size).toBeGreaterThan(45)
  for (const path of commands.keys()) {
    const { code, stdout } = await commandHere([...path.split(' '), '--help'], {})
    expect([path, code]).toEqual([path, 0])
    expect(stdout).toMatch(new RegExp(`\\nExamples:\\n  .*poolkeeper ${path}`))
  }
})

describe('completion', () => {
  /** What comes of it is written past our own output. */
  async function logged(args: readonly string[], env: Record<string, string>): Promise<string[]> {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    try {
      expect(await commandHere(args, env)).toMatchObject({ code: 0, stderr: '' })
      return log.mock.calls.map(([line]) => String(line))
    } finally {
      log.mockRestore()
    }
  }

  async function complete(env: Record<string, string>, ...words: string[]): Promise<string[]> {
    const lines = await logged(['complete', '--', ...words], env)
    return lines.map((line) => line.split('\t')[0] ?? '').slice(0, -1)
  }

  test('proposes commands, options and their values', async () => {
    expect(await complete({}, 'da')).toEqual(['dataflow', 'database', 'dashboard'])
    expect(await complete({}, 'run', '--w')).toEqual(['--wait'])
    expect(await complete({}, 'run', '--priority', '')).toEqual(['ad-hoc', 'nightly'])
  })

  test('proposes the names of dataflows, and nothing where nobody can be asked', async () => {
    const { db, url: DATABASE_URL } = await createTestDatabase()
    await seedDataflow(db, { name: 'CustomerPool' })
    const env = { DATABASE_URL, REDIS_URL: await testRedisUrl() }
    // a process of its own: one that loses its patience ends the process that it runs in
    const { stdout } = await runCommand(['complete', '--', 'rollback', 'Cu'], env)
    expect(stdout).toContain('CustomerPool')
    expect(await complete({ PORT: 'wrong' }, 'rollback', '')).toEqual([])
  })

  test.each(['bash', 'zsh', 'fish'])('has a script for %s', async (shell) => {
    expect((await logged(['complete', shell], {})).join()).toContain('poolkeeper complete --')
  })
})

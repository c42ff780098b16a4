import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Imports that run the wrong way, by the folder of the file that has them. */
const REFUSED: readonly [folder: string, specifier: string][] = [
  ['src', './db/database.ts'],
  ['src', './run/states.ts'],
  ['src/db', '../run/states.ts'],
  ['src/access', '../dataflow/dataflow.ts'],
  ['src/cognito', '../snapshot/stage.ts'],
  ['src/cognito/tables', '../../dataflow/dataflow.ts'],
  ['src/snapshot', '../cognito/client.ts'],
  ['src/run', '../cognito/client.ts'],
  ['src/run', '../worker/worker.ts'],
  ['src/queue', '../scheduler/scheduler.ts'],
  ['src/queue', '../access/audit.ts'],
  ['src/dataflow', '../cli/context.ts'],
  ['src/dataflow', '../worker/plan.ts'],
  ['src/cognito', '../quota/ceilings.ts'],
  ['src/quota', '../worker/plan.ts'],
  ['src/run', '../alert/webhooks.ts'],
  ['src/alert', '../operations/webhooks.ts'],
  ['src/alert', '../worker/deliver.ts'],
  ['src/scheduler', '../worker/plan.ts'],
  ['src/scheduler', '../cognito/client.ts'],
  ['src/worker', '../scheduler/due.ts'],
  ['src/worker', '../../dashboard/app.ts'],
  ['src/worker', '../cli/main.ts'],
  ['dashboard', '../src/sandbox/sandbox.ts'],
  ['dashboard/pages', '../../src/worker/worker.ts'],
  ['src/sandbox', '../cognito/client.ts'],
  ['src/embedded', '../db/database.ts'],
  ['src/cli/start', '../main.ts'],
  ['src/cli/start', '../../embedded/supervisor.ts'],
]

const ALLOWED: readonly [folder: string, specifier: string][] = [
  ['src', './errors.ts'],
  ['src/db', '../errors.ts'],
  ['src/access', '../db/database.ts'],
  ['src/cognito/tables', '../../db/table.ts'],
  ['src/dataflow', '../cognito/catalogue.ts'],
  ['src/dataflow', '../snapshot/tables.ts'],
  ['src/quota', '../cognito/quotas.ts'],
  ['src/alert', '../run/announce.ts'],
  ['src/scheduler', '../alert/late.ts'],
  ['src/worker', '../alert/send.ts'],
  ['src/worker', '../cognito/client.ts'],
  ['src/worker', '../snapshot/stage.ts'],
  ['dashboard/pages', '../../src/run/history.ts'],
  ['src/cli/commands', '../../worker/worker.ts'],
]

/** Other things that must not stand in `src/worker`. */
const OFFENCES: readonly [rule: string, source: string][] = [
  ['noRestrictedImports', `export type { State } from '../scheduler/due.ts'\n`],
  ['noRestrictedImports', `await import('../scheduler/due.ts')\n`],
  ['noProcessEnv', 'export const home = process.env.HOME\n'],
  ['noConsole', `console.log('hello')\n`],
  ['noExplicitAny', 'export const it: any = 1\n'],
]

const folder = mkdtempSync(join(tmpdir(), 'poolkeeper-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Rules that were broken, by the example's path. */
let broken: ReadonlyMap<string, readonly string[]>

/** One file an example, and one run of the linter over all of them. */
beforeAll(async () => {
  cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
  for (const [n, [at, specifier]] of REFUSED.entries()) write(`${at}/refused${n}.ts`, importing(specifier))
  for (const [n, [at, specifier]] of ALLOWED.entries()) write(`${at}/allowed${n}.ts`, importing(specifier))
  for (const [n, [, source]] of OFFENCES.entries()) write(`src/worker/offence${n}.ts`, source)
  broken = await lint()
})

const importing = (specifier: string) => `import { it } from '${specifier}'\n\nit()\n`

function write(path: string, source: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), source)
}

const report = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
})

async function lint(): Promise<Map<string, string[]>> {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--vcs-enabled=false', '.']
  const output = await new Promise<string>((resolve) => {
    // It ends with 1, as it should.
    execFile(join(ROOT, 'node_modules/.bin/biome'), args, { cwd: folder }, (_, stdout) => resolve(stdout))
  })
  const rules = new Map<string, string[]>()
  for (const { category, location } of report.parse(JSON.parse(output)).diagnostics) {
    rules.set(location.path, [...(rules.get(location.path) ?? []), category.split('/').at(-1) ?? ''])
  }
  return rules
}

test.each(REFUSED.map((example, n) => [...example, n] as const))('a file in %s may not import %s', (at, _, n) => {
  expect(broken.get(`${at}/refused${n}.ts`)).toEqual(['noRestrictedImports'])
})

test.each(ALLOWED.map((example, n) => [...example, n] as const))('a file in %s may import %s', (at, _, n) => {
  expect(broken.get(`${at}/allowed${n}.ts`)).toBeUndefined()
})

test.each(OFFENCES.map((example, n) => [...example, n] as const))('%s refuses %s', (rule, _, n) => {
  expect(broken.get(`src/worker/offence${n}.ts`)).toContain(rule)
})

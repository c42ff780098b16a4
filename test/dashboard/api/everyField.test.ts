import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { CONTRACT } from '../../../src/api/contract.ts'
import { HEADERS } from '../../../src/api/headers.ts'
import type { OperationSchemas } from '../../../src/api/operation.ts'
import { type OperationName, ROUTES } from '../../../src/api/routes.ts'
import { createDataflow } from '../../../src/dataflow/create.ts'
import { example } from '../../dataflow/examples.ts'
import { freshKeys } from '../../dataflow/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { seedRun } from '../seeds.ts'
import { openDashboard } from '../visitor.ts'
import { type Program, programOf } from './visitor.ts'

const keys = freshKeys()
let database: TestDatabase
let url: string

beforeAll(async () => {
  database = await createTestDatabase()
  const dashboard = await openDashboard({ databaseUrl: database.url, keys })
  url = dashboard.url
  await seedRun(database.db, (await createDataflow(database.db, keys, example())).id)
  return dashboard.close
})

/** Each alone has broken somebody's parser, statement, page or arithmetic. */
const HOSTILE = [
  ...['a\0b', '', `'"`, '%\\', '\ud800', '__proto__', '-1', '1e308', '../..'],
  ...['9'.repeat(400), '+275761-01-01T00:00:00Z'],
]

/** What leads to something that is there, so that what is tried beside it is looked at. */
const REAL: Readonly<Record<string, unknown>> = {
  name: 'CustomerPool',
  run: '1',
  schema: 'customerpool',
  table: 'users',
  token: '9999',
  webhook: '1',
  reader: '1',
  draft: '1',
}

type Place = 'path' | 'query' | 'header' | 'body'

/** A value in one field, beside which everything is as it should be. */
interface Attempt {
  readonly place: Place
  readonly field: string
  readonly value: unknown
}

function attemptsAt(name: OperationName): Attempt[] {
  const { query, headers, body }: OperationSchemas = CONTRACT[name]
  const params = [...ROUTES[name].path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param)
  const texts = (place: Place, fields: readonly string[], values: readonly unknown[] = HOSTILE) =>
    fields.flatMap((field) => values.map((value) => ({ place, field, value })))
  return [
    ...texts('path', params),
    ...texts('query', fieldsOf(query)),
    // no client sends others in a header
    ...texts(
      'header',
      fieldsOf(headers),
      HOSTILE.filter((value) => /^[ -~]*$/.test(value)),
    ),
    ...texts('body', fieldsOf(body), [...HOSTILE, ['x'], { x: { x: 'x' } }, 1e308, null]),
  ]
}

function fieldsOf(schema: z.ZodType | undefined): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  return schema && 'innerType' in schema.def ? fieldsOf(schema.def.innerType as z.ZodType) : []
}

function send(program: Program, name: OperationName, { place, field, value }: Attempt) {
  const { method, path } = ROUTES[name]
  const { body }: OperationSchemas = CONTRACT[name]
  const at = (where: Place) => (place === where ? { [field]: value } : {})
  const params = { ...REAL, ...at('path') }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, param) => escaped(params[param]))
  const query = place === 'query' ? `?${field}=${escaped(value)}` : ''
  const headers = place === 'header' ? { [HEADERS[field as keyof typeof HEADERS]]: String(value) } : {}
  const verb = method.toUpperCase() as Parameters<Program>[0]
  return program(verb, `${filled}${query}`, body && at('body'), headers)
}

/** A lone half of a character can stand in JSON, and in no address. */
const escaped = (value: unknown) => encodeURIComponent(String(value).replace('\ud800', ''))

/** The last of these takes away what the others are tried on; a stream of events is not over when it is answered. */
const TRIED = (Object.keys(ROUTES) as OperationName[])
  .filter((name) => name !== 'watchRun')
  .toSorted((a, b) => Number(a === 'removeDataflow') - Number(b === 'removeDataflow'))

/** One token may ask for no more in a minute. */
const MOST = 500

test.each(TRIED)('whatever stands in a field of %s, it is answered', async (name) => {
  const attempts = attemptsAt(name)
  const unanswered: unknown[] = []
  for (let from = 0; from < attempts.length; from += MOST) {
    const program = await programOf(url, database.db)
    for (const attempt of attempts.slice(from, from + MOST)) {
      const { status } = await send(program, name, attempt)
      if (status >= 500 || status === 429) unanswered.push({ ...attempt, status })
    }
  }
  expect(unanswered).toEqual([])
})

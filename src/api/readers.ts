import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'
import { instant, pageOf } from './shapes.ts'

const connection = z
  .object({
    host: z.string().meta({ example: 'db.example.com' }),
    port: z.int(),
    database: z.string(),
    url: z.string(),
    psql: z.string().meta({ description: 'A command line.' }),
    jdbc: z.string(),
    odbc: z.string(),
  })
  .meta({ id: 'ReaderConnection', description: 'Where it connects to, for whatever one reads with.' })

const reader = z
  .object({
    id: z.int(),
    role: z.string().meta({ description: 'As Postgres knows it.', example: 'customerpool_reader_4f1c09ab27' }),
    createdBy: z.string(),
    createdAt: instant,
    sessions: z.int().meta({ description: 'How many connections it has at this moment.' }),
    connection,
  })
  .meta({ id: 'Reader' })

export const readerSchemas = {
  listReaders: {
    summary: 'The roles of Postgres that read a schema, newest first; never their passwords',
    output: pageOf(reader),
  },
  createReader: {
    summary: 'Make a role of Postgres that may read the views of a schema, for psql and BI tools',
    description:
      'It sees people’s values as they were imported, the views that are still to come as well, and nothing else of Poolkeeper’s. Its password is in this answer and nowhere else; `connection` holds it.',
    status: 201,
    output: reader.extend({ password: z.string() }),
  },
  removeReader: {
    summary: 'Take a role away',
    description: 'Its connections end at once.',
    output: reader,
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

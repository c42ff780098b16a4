import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'

const about = z
  .object({
    version: z.string().meta({ description: 'Of Poolkeeper.', example: '0.1.0' }),
    node: z.string().meta({ description: 'The version that answers.', example: '20.19.0' }),
    postgres: z.string().meta({ description: 'Its version.', example: '17.2' }),
    redis: z
      .object({
        version: z.string().meta({ example: '7.4.1' }),
        schedulers: z.int().meta({ description: 'Processes that are up.' }),
        workers: z.int().meta({ description: 'Processes that are up.' }),
      })
      .nullable()
      .meta({ description: 'What is seen there; null while it does not answer.' }),
    keys: z.array(
      z.object({
        id: z.string().meta({ description: 'Of a key that secrets are sealed under: no secret.', example: '9f86d081' }),
        given: z.boolean().meta({ description: 'Whether POOLKEEPER_KEY holds it, where this is answered.' }),
        sealsNew: z.boolean().meta({ description: 'Whether new secrets are sealed under it: it is the first one.' }),
        secrets: z.int().meta({ description: 'How many stored secrets are sealed under it.' }),
      }),
    ),
  })
  .meta({ id: 'About' })

export const aboutSchemas = {
  showAbout: {
    summary: 'What runs here: versions, schedulers and workers, and the keys that secrets are sealed under',
    output: about,
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

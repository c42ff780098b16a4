import { z } from 'zod'
import { CAUSES } from '../errors.ts'
import type { OperationSchemas } from './operation.ts'

const pool = z.object({
  poolId: z.string(),
  arn: z.string(),
  accountId: z.string(),
  name: z.string(),
  estimatedUsers: z.int().meta({ description: 'As Cognito estimates them, which may be hours old.' }),
  attributes: z.array(z.object({ name: z.string(), type: z.enum(['String', 'Number', 'DateTime', 'Boolean']) })),
  threatProtection: z.boolean(),
})

const check = z.object({
  action: z.string().meta({ example: 'cognito-idp:ListUsers' }),
  table: z.string().nullable().meta({ description: 'The first that needs it; null for the pool itself.' }),
  ok: z.boolean().nullable().meta({ description: 'null where trying it out would have a price.' }),
  code: z.enum(CAUSES).optional(),
  description: z.string().optional().meta({ description: 'What is amiss, and what to do.' }),
})

/** What was found out about a pool, permission by permission. */
const connection = z.object({
  pool: pool.optional().meta({ description: 'Absent when it could not be described; the checks say why.' }),
  checks: z.array(check),
})

const column = z.object({
  name: z.string(),
  type: z.string(),
  field: z.string(),
  personal: z.string().meta({ description: 'What it tells of a person.', example: 'contact' }),
  treatment: z.enum(['drop', 'mask', 'hash']).optional(),
})

const quotaCost = z.object({
  category: z.string(),
  requests: z.int(),
  allowed: z.number().meta({ description: 'Requests a second that AWS allows.' }),
  taken: z.number().meta({ description: 'Those of them that a run takes.' }),
  seconds: z.number(),
})

export const tablePreview = z.object({
  table: z.string(),
  purpose: z.enum(['All', 'Customer 360', 'Privacy-Metadata']),
  rows: z.int().nullable().meta({ description: 'null where only reading them tells.' }),
  counted: z.enum(['exactly', 'about', 'at least']).nullable(),
  requests: z.int(),
  quotas: z.array(quotaCost).meta({ description: 'The same, by the quota that they draw on.' }),
  way: z.string().optional().meta({ description: 'Of two ways to read it, the one that takes fewer requests.' }),
  columns: z.array(column),
  sample: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: 'Its first rows, every personal value masked.' }),
  cost: z.string().optional().meta({ description: 'What an opt-in table costs.' }),
  refused: z.array(z.string()).meta({ description: 'What the credentials may not do.' }),
})

export const preview = connection.extend({
  tables: z.array(tablePreview),
  quotas: z.array(quotaCost),
  seconds: z.number().meta({ description: 'How long a run takes at least.' }),
})

const policy = z.record(z.string(), z.unknown())

export const poolSchemas = {
  testConnection: {
    summary: 'Try out whether Cognito lets a dataflow in, permission by permission',
    output: connection.extend({
      clockAheadMs: z
        .number()
        .optional()
        .meta({ description: 'How far AWS’s clock is ahead of this machine’s; absent when AWS gave no answer.' }),
    }),
  },
  previewRun: {
    summary: 'What a run would read, how long it would take, and what its tables would be',
    output: preview,
  },
  showPolicy: {
    summary: 'The least IAM policy that a dataflow needs',
    output: z.object({
      policy,
      trust: policy.nullable().meta({ description: 'The trust policy of the role that it assumes, if it does.' }),
    }),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

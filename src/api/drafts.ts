import { z } from 'zod'
import { CATEGORIES, CONNECTOR_IDS } from '../dataflow/connectors.ts'
import { draftInput } from '../dataflow/input.ts'
import { dataflow, tableChoice, unchanged } from './dataflows.ts'
import type { OperationSchemas } from './operation.ts'
import { preview, tablePreview } from './pools.ts'
import { instant, pageOf } from './shapes.ts'

const offeredColumn = z.object({
  name: z.string(),
  type: z.string(),
  field: z.string(),
  personal: z.string().meta({ description: 'What it tells of a person.', example: 'contact' }),
  treatments: z
    .array(z.enum(['keep', 'drop', 'mask', 'hash']))
    .meta({ description: 'What may be done to its values.' }),
})

const offeredTable = z.object({
  source: z.string().meta({ example: 'users' }),
  byDefault: z.boolean().meta({ description: 'Whether it is imported when nobody chose.' }),
  about: z.string().meta({ description: 'What it holds.' }),
  custom: z.boolean().meta({ description: 'Whether custom attributes of the pool give it further columns.' }),
  columns: z.array(offeredColumn).meta({ description: 'Those that every pool has.' }),
  cost: z.string().optional().meta({ description: 'Of an opt-in table: what it costs.' }),
})

const connector = z
  .object({
    id: z.enum(CONNECTOR_IDS),
    name: z.string().meta({ example: 'AWS Cognito' }),
    category: z.enum(CATEGORIES),
    description: z.string(),
    tables: z.array(offeredTable),
  })
  .meta({ id: 'Connector' })

/** What is answered so far; a secret is in none of it. */
const answers = z.object({
  name: z.string().optional(),
  connector: z.enum(CONNECTOR_IDS).optional(),
  displayName: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  poolId: z.string().optional(),
  region: z.string().optional(),
  credentials: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('access-key'), accessKeyId: z.string().optional() }),
      z.object({ kind: z.literal('role'), roleArn: z.string().optional() }),
      z.object({ kind: z.literal('ambient') }),
    ])
    .optional(),
  tables: z.array(tableChoice).optional(),
  acceptCosts: z.boolean().optional(),
  schedule: z.string().nullable().optional(),
  timezone: z.string().optional(),
  keepSnapshots: z.int().optional(),
  maxRemovedPercent: z.int().nullable().optional(),
  maxRemovedRows: z.int().optional(),
  timeoutMinutes: z.int().optional(),
  noProgressMinutes: z.int().optional(),
  freshnessMinutes: z.int().nullable().optional(),
})

/** Of all tables that there are; without any row. */
const found = preview.extend({ tables: z.array(tablePreview.omit({ sample: true })) })

const policy = z.record(z.string(), z.unknown())

const draft = z
  .object({
    id: z.int(),
    answers,
    tables: z
      .array(tableChoice)
      .meta({ description: 'What it imports as it stands: the usual tables until some are chosen.' }),
    hasSecret: z.boolean().meta({ description: 'Whether a secret access key was given. It is never shown again.' }),
    found: found.nullable().meta({ description: 'What its pool was found to be, when it was last connected to.' }),
    externalId: z.string().meta({ description: 'For the trust policy of a role.' }),
    policy: policy.meta({ description: 'The least IAM policy for the tables that are chosen.' }),
    trust: policy.meta({ description: 'The trust policy for a role that it is to assume.' }),
    version: z.int().meta({ description: 'Raised by each answer; its ETag.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Draft' })

export const draftSchemas = {
  listConnectors: {
    summary: 'What dataflows can read: every connector with its tables and their columns',
    output: pageOf(connector),
  },
  listDrafts: { summary: 'Your drafts: dataflows that you have not finished describing', output: pageOf(draft) },
  createDraft: {
    summary: 'Begin a draft',
    description:
      'It is yours alone. A secret in it is sealed at once and never shown. What nobody goes on with for 14 days is gone.',
    body: draftInput.prefault({}).meta({ example: { name: 'CustomerPool', connector: 'aws-cognito' } }),
    status: 201,
    versioned: true,
    output: draft,
  },
  showDraft: { summary: 'A draft of yours', versioned: true, output: draft },
  editDraft: {
    summary: 'Answer more of a draft',
    description: 'What is left out stays; a secret stays with its access key id only.',
    headers: unchanged,
    body: draftInput.meta({ example: { poolId: 'eu-central-1_AbCdEf123' } }),
    versioned: true,
    output: draft,
  },
  discardDraft: {
    summary: 'Throw a draft away, with the secret in it',
    output: z.object({ discarded: z.int() }),
  },
  connectDraft: {
    summary: 'Try out whether Cognito lets a draft in, and what its tables would take',
    description: 'Of every table that there is. What was found is kept with the draft.',
    output: found,
  },
  saveDraft: {
    summary: 'Make a draft the dataflow that it describes',
    description: 'As `POST /dataflows` does, with the secret and the external id that it has. The draft is gone then.',
    status: 201,
    versioned: true,
    output: dataflow,
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

import { z } from 'zod'
import type { AlertEvent } from '../db/schema/webhooks.ts'
import type { OperationSchemas } from './operation.ts'
import { instant, pagedBy, pageOf } from './shapes.ts'

const ALERT_EVENTS = ['run.failed', 'run.held', 'run.recovered', 'dataflow.late', 'quota.throttled'] as const

const event = z.enum(ALERT_EVENTS satisfies readonly AlertEvent[], {
  error: ({ input }) => `there is no event ${String(input)}; choose among ${ALERT_EVENTS.join(', ')}`,
})

const format = z.enum(['json', 'slack'], 'the format must be json or slack')

/** A webhook as it may be shown: of its address, which often is the secret itself, the host. */
const webhook = z
  .object({
    id: z.int(),
    name: z.string().meta({ example: 'on-call' }),
    format,
    events: z.array(event),
    dataflows: z
      .array(z.string())
      .nullable()
      .meta({ description: 'The dataflows that it is told of; null: all of them, and the quotas.' }),
    host: z.string().meta({ example: 'hooks.example.com' }),
    createdBy: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'Webhook' })

const delivery = z
  .object({
    id: z.int().meta({ description: 'As the receiver gets it, the same at each attempt.' }),
    event: z.enum([...ALERT_EVENTS, 'test']),
    dataflow: z.string().nullable(),
    run: z.int().nullable(),
    state: z.enum(['waiting', 'delivered', 'given-up']),
    attempts: z.int(),
    dueAt: instant.meta({ description: 'When the next attempt is due, while it waits.' }),
    outcome: z.string().nullable().meta({ description: 'What the last attempt came to.', example: 'HTTP 500' }),
    createdAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Delivery' })

export const webhookSchemas = {
  listWebhooks: { summary: 'Every webhook', output: pageOf(webhook) },
  createWebhook: {
    summary: 'Make a webhook',
    description:
      'Its secret, with which what it gets is signed, is answered this once. What it gets goes to public addresses over HTTPS alone, unless the environment of the workers allows its host.',
    body: z.strictObject({
      name: z
        .string('the name is missing')
        .trim()
        .regex(/^\P{Cc}{1,100}$/u, 'the name of a webhook must be 1 to 100 characters in one line'),
      url: z
        .string('the address is missing')
        .max(2_000, 'the address is too long; use at most 2,000 characters')
        .meta({ example: 'https://hooks.example.com/poolkeeper' }),
      format: format.default('json'),
      events: z
        .array(event)
        .min(1, 'choose at least one event')
        .default([...ALERT_EVENTS]),
      dataflows: z
        .array(z.string())
        .min(1, 'name at least one dataflow, or leave them out for all')
        .max(1000, 'a webhook is for 1,000 dataflows at most, or for all')
        .nullable()
        .default(null)
        .meta({ description: 'Left out, it is told of all of them, and of the quotas.' }),
    }),
    status: 201,
    output: webhook.extend({
      secret: z
        .string()
        .nullable()
        .meta({ description: 'What its requests are signed with; shown once. Null for Slack.' }),
    }),
  },
  showWebhook: { summary: 'A webhook', output: webhook },
  removeWebhook: { summary: 'Remove a webhook, with what was still to be delivered to it', output: webhook },
  testWebhook: {
    summary: 'Send a test to a webhook',
    description: 'It goes the way of all others; see its deliveries for what became of it.',
    status: 202,
    output: delivery,
  },
  listDeliveries: {
    summary: 'What a webhook was told in the last month, newest first',
    query: z.object(pagedBy(z.int())),
    output: pageOf(delivery),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'
import { instant, moment, nameOf, pagedBy, pageOf } from './shapes.ts'

const role = z.enum(['viewer', 'operator', 'admin'], 'a role is viewer, operator or admin')

/** What somebody may do, with dataflows by name. */
const grants = {
  role,
  personal: z.boolean().meta({ description: 'Whether personal values are shown as they are.' }),
  dataflows: z.array(z.string()).nullable().meta({ description: 'The dataflows that it is for; null: all of them.' }),
}

const caller = z
  .object({ name: z.string(), via: z.enum(['token', 'session', 'command', 'queue']), ...grants })
  .meta({ id: 'Caller' })

const token = z
  .object({
    id: z.int(),
    name: z.string().meta({ example: 'nightly-report' }),
    hint: z.string().meta({ description: 'Its first characters, to tell it from others by.', example: 'pk_Xq3f' }),
    ...grants,
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To within a minute.' }),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'Token' })

const auditEntry = z
  .object({
    id: z.int(),
    at: instant,
    actor: z.string().meta({ description: 'A token’s name, a person, a user of the machine.' }),
    via: z.enum(['token', 'session', 'command', 'queue']),
    token: z.int().nullable().meta({ description: 'The token that it was done with, or signed in with.' }),
    action: z.string().meta({ description: 'The name of an operation, or `sign-in`.', example: 'requestRun' }),
    dataflow: z.string().nullable(),
    target: z.string().nullable().meta({ description: 'What it was done to.', example: 'CustomerPool' }),
    origin: z.string().meta({ description: 'The address that it came from, or the host of a command.' }),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' })

export const accessSchemas = {
  whoAmI: { summary: 'Who you are to Poolkeeper, and what you may do', output: caller },
  listTokens: { summary: 'Every token, revoked and expired ones as well; never their secrets', output: pageOf(token) },
  createToken: {
    summary: 'Make a token',
    description: 'Its secret is in this answer and nowhere else: only a hash of it is kept.',
    body: z.strictObject({
      name: z
        .string('a token needs a name')
        .trim()
        .regex(/^\P{C}{1,100}$/u, 'the name of a token has 1 to 100 characters and no control characters'),
      role: role.default('viewer'),
      personal: z
        .boolean()
        .default(false)
        .meta({ description: 'Shows personal values as they are. An admin’s token does so anyway.' }),
      dataflows: z
        .array(z.string())
        .min(1, 'name at least one dataflow, or leave them out for all')
        .max(1000, 'a token is for 1,000 dataflows at most, or for all')
        .nullable()
        .default(null)
        .meta({ description: 'Limits it to these; left out, it is for all, future ones as well.' }),
      expiresAt: z.iso
        .datetime({ offset: true, error: 'the end of a token is an instant such as 2026-11-24T02:30:00Z' })
        .nullable()
        .default(null),
    }),
    status: 201,
    output: token.extend({ secret: z.string().meta({ description: 'Sent as `Authorization: Bearer …`.' }) }),
  },
  revokeToken: {
    summary: 'Take a token back',
    description: 'It opens nothing from then on; sessions that were opened with it end as well.',
    output: token,
  },
  listAudit: {
    summary: 'Who did what, when and from where; newest first',
    query: z.object({
      dataflow: nameOf('a dataflow', 200).optional().meta({ description: 'Its name; removed ones are found as well.' }),
      actor: nameOf('an actor', 200).optional(),
      action: nameOf('an action', 200).optional(),
      since: moment('since').optional(),
      until: moment('until').optional(),
      ...pagedBy(z.int()),
    }),
    output: pageOf(auditEntry),
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

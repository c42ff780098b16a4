import { z } from 'zod'
import type { OperationSchemas } from './operation.ts'
import { instant } from './shapes.ts'

const share = z.object({
  account: z.string().meta({ description: 'An AWS account id, or * for all.' }),
  category: z.string().meta({ description: 'Such as UserList, or * for all.' }),
  share: z
    .number('the share must be a number above 0 and at most 1')
    .meta({ description: 'Above 0, at most 1.', example: 0.5 }),
})

/** What an account may ask of Cognito in a Region, what of it is used, and who waits for it. */
const quota = z
  .object({
    account: z.string(),
    region: z.string(),
    category: z.string(),
    rate: z.number().meta({ description: 'Requests a second that AWS allows.' }),
    live: z.boolean().meta({ description: 'Whether AWS said so itself; else it is what AWS documents.' }),
    share: z.number(),
    allowed: z.number().meta({ description: 'rate × share' }),
    ceiling: z.number().nullable().meta({ description: 'What may go out now; null, as what follows, without Redis.' }),
    slowed: z.boolean().nullable().meta({ description: 'Whether that is less, because Cognito has throttled.' }),
    usedNow: z.number().nullable().meta({ description: 'Requests a second that go out.' }),
    waiting: z.int().nullable(),
    granted: z.int().nullable(),
    waitedSeconds: z.number().nullable(),
    throttled: z.int().nullable(),
    since: instant.nullable().meta({ description: 'Since when those are counted.' }),
    runs: z.array(z.object({ run: z.int(), dataflow: z.string(), requests: z.int() })).nullable(),
  })
  .meta({ id: 'Quota' })

const scope = z.object({ account: share.shape.account.optional(), category: share.shape.category.optional() })

export const quotaSchemas = {
  showQuotas: {
    summary: 'The quotas that dataflows draw on: what AWS allows, what of it is used, and who waits',
    description: 'Looks twice, a second apart, to see how many requests go out, unless one look is enough.',
    query: z.object({
      look: z
        .enum(['once', 'twice'], 'look once or twice')
        .default('twice')
        .meta({ description: 'Once answers at once, and leaves `usedNow` unknown.' }),
    }),
    output: z.object({ quotas: z.array(quota), shares: z.array(share) }),
  },
  setShare: {
    summary: 'Set the share of the quotas that may be used',
    description: 'Workers keep to it within seconds. An account counts for more than a category.',
    body: z.strictObject({ ...scope.shape, share: share.shape.share }),
    output: share,
  },
  unsetShare: {
    summary: 'Take a share back that was set',
    description: 'What was set more widely holds again, or the default.',
    query: scope,
    output: share,
  },
} as const satisfies Readonly<Record<string, OperationSchemas>>

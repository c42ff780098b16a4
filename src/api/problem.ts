import { z } from 'zod'

/** What the API says where it can't do what was asked: an RFC 9457 problem. */
export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ example: 'Not Found' }),
    status: z.int().meta({ example: 404 }),
    detail: z.string().meta({ description: 'What happened.', example: 'There is no dataflow CustmerPool.' }),
    cause: z
      .string()
      .meta({ description: 'One word for it, from the same list as the causes of runs.', example: 'not-found' }),
    remedy: z.string().meta({ description: 'What to do; empty where there is nothing to add.' }),
    requestId: z.string().meta({ description: 'To find it in the log by; also the header X-Request-Id.' }),
  })
  .meta({ id: 'Problem', description: 'Why something could not be done, and what to do about it (RFC 9457).' })

export type ProblemJson = z.output<typeof problem>

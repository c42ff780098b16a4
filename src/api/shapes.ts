import { z } from 'zod'

/** An instant, ISO 8601 in UTC. A handler may give a Date; `preprocess` itself would let it give anything. */
export const instant: z.ZodType<string, Date | string> = z
  .preprocess<unknown, z.ZodISODateTime, Date | string>(
    (value) => (value instanceof Date ? value.toISOString() : value),
    z.iso.datetime(),
  )
  .meta({ description: 'ISO 8601, in UTC', example: '2026-11-24T02:30:00.000Z' })

/** One page of a list, and how to get the next one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Pass it as `cursor` to read on; null at the end.' }),
  })
}

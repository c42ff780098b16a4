import { z } from 'zod'

/** An instant, ISO 8601 in UTC. A handler may give a Date; `preprocess` itself would let it give anything. */
export const instant: z.ZodType<string, Date | string> = z
  .preprocess<unknown, z.ZodISODateTime, Date | string>(
    (value) => (value instanceof Date ? value.toISOString() : value),
    z.iso.datetime(),
  )
  .meta({ description: 'ISO 8601, in UTC', example: '2026-11-24T02:30:00.000Z' })

/**
 * A cursor: where a page ended, wrapped so that nobody builds on what is in it. A made-up one may name anything, so
 * whatever it names is checked and only ever compared with.
 * @param key what the last item of a page is found again by
 */
const cursorOf = <Key extends z.ZodType>(key: Key) =>
  z
    .string()
    .transform((text, context) => {
      const position = key.safeParse(unwrap(text))
      if (position.success) return position.data
      context.issues.push({ code: 'custom', input: text, message: 'this cursor is none of ours; begin without one' })
      return z.NEVER
    })
    .meta({ description: 'The `next` of the page before.' })

function unwrap(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** What a page that ended there calls its end. */
export function wrapCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

const PAGE = 'a page holds 1 to 200 items'

/** What every list takes that is read page by page. @param key what the last item of a page is found again by */
export const pagedBy = <Key extends z.ZodType>(key: Key) => ({
  limit: z.coerce.number<string | number>(PAGE).int(PAGE).min(1, PAGE).max(200, PAGE).default(50),
  cursor: cursorOf(key).optional(),
})

/** A filter: some of these words, after commas or by the parameter again. */
export function someOf<const Words extends readonly [string, ...string[]]>(what: string, words: Words) {
  const word = z.enum(words, { error: ({ input }) => `there is no ${what} ${input}; choose among ${words.join(', ')}` })
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(word))
    .meta({ description: `Only these, after commas: ${words.join(', ')}.` })
}

/** A bound in time, as people and programs write it. */
export function moment(what: string) {
  const looks = `${what} must look like 2026-11-24 or 2026-11-24T02:30:00Z`
  return z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], looks)
    .refine((text) => text > '1970', looks)
    .transform((text) => new Date(text))
}

/** A name that is looked for as it is: with NUL in it Postgres would not even look. @param most characters */
export const nameOf = (what: string, most: number) =>
  z.string().regex(new RegExp(`^[^\\0]{1,${most}}$`), `${what} has no such name`)

/** One page of a list, and how to get the next one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Pass it as `cursor` to read on; null at the end.' }),
  })
}

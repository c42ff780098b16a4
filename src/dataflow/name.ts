import { z } from 'zod'

/** Schema names that are somebody else's, and whose. Those with an underscore can't be asked for: names have none. */
const RESERVED: Readonly<Record<string, string>> = {
  public: 'is the schema that every database begins with',
  poolkeeper: "holds Poolkeeper's own tables",
  drizzle: 'holds the record of migrations in many databases',
  // The default search_path is "$user", public: for the user `postgres` its tables would hide those in `public`.
  postgres: "comes before `public` in the superuser's search path and would hide the tables there",
}

/**
 * The name of a dataflow, which its schemas in Postgres are named after: a letter, then letters and digits, at most 40,
 * so that it needs no quotes in SQL and `<name>_snapshots` stays below Postgres's 63 bytes. ASCII only: `lower()` treats
 * other letters differently from one locale to the next.
 */
export const dataflowName = z
  .string()
  .min(1, 'the name is empty; give one such as CustomerPool')
  .max(40, 'the name is too long; use at most 40 letters and digits')
  .superRefine((name, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (/[^A-Za-z0-9]/.test(name)) refuse('the name may hold only the letters a to z and digits, such as CustomerPool')
    else if (/^[0-9]/.test(name)) refuse('the name must start with a letter, such as Pool2026')
    const reason = RESERVED[name.toLowerCase()]
    if (reason) refuse(`the name ${name} is reserved: the schema ${name.toLowerCase()} ${reason}; choose another`)
  })

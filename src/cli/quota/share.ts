import { QUOTA_SHARE } from '../../cognito/quotas.ts'
import { describeScope } from '../../quota/shares.ts'
import type { CommandContext } from '../context.ts'
import { withOperations } from '../operations.ts'
import { percent } from './report.ts'

interface ScopeOptions {
  readonly account?: string
  readonly category?: string
  readonly json?: boolean
}

/** `quota set`. */
export async function set(
  { config, output }: CommandContext,
  { json, ...body }: ScopeOptions & { readonly share: number },
): Promise<void> {
  const set = await withOperations(config, (perform) => perform('setShare', { body }))
  if (json) return output.json(set)
  output.line(
    `At most ${percent(set.share)} of what AWS allows is used of ${describeScope(set)}, unless something narrower is set. Workers keep to it within seconds.`,
  )
}

/** `quota unset`. */
export async function unset({ config, output }: CommandContext, { json, ...scope }: ScopeOptions): Promise<void> {
  const taken = await withOperations(config, (perform) => perform('unsetShare', scope))
  if (json) return output.json(taken)
  output.line(
    `The ${percent(taken.share)} of ${describeScope(taken)} are no longer set: what is set more widely holds, or else ${percent(QUOTA_SHARE)}.`,
  )
}

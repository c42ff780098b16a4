import type { Output as Answer } from '../../api/contract.ts'
import type { Output } from '../output.ts'

export type Draft = Answer<'showDraft'>

/** What is answered of a draft, and what comes next. */
export function printDraft(output: Output, { id, answers, hasSecret }: Draft): void {
  const { tables, credentials, ...texts } = answers
  output.line(`Draft ${id}`)
  for (const [field, value] of Object.entries(texts)) output.line(`${`${field}:`.padEnd(20)} ${value ?? 'none'}`)
  if (credentials) output.line(`${'credentials:'.padEnd(20)} ${nameOf(credentials, hasSecret)}`)
  if (tables)
    output.line(`${'tables:'.padEnd(20)} ${tables.map(({ source, purpose }) => `${source}=${purpose}`).join(', ')}`)
  output.line()
  output.line(`Next: \`poolkeeper draft connect ${id}\`, then \`poolkeeper draft save ${id}\``)
}

/** What its credentials' owner has to paste into AWS. */
export function printPolicies(output: Output, { policy, trust, answers }: Draft): void {
  output.line()
  output.line(JSON.stringify(policy, null, 2))
  if (answers.credentials?.kind === 'role') output.line(JSON.stringify(trust, null, 2))
}

function nameOf(credentials: NonNullable<Draft['answers']['credentials']>, hasSecret: boolean): string {
  if (credentials.kind === 'role') return `role ${credentials.roleArn ?? ''}`
  if (credentials.kind === 'ambient') return "the environment's own"
  return `access key ${credentials.accessKeyId ?? ''}, ${hasSecret ? 'with' : 'without'} its secret`
}

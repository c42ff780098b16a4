import type { Output } from '../../src/api/contract.ts'
import { Prose } from './prose.tsx'

type Check = Output<'testConnection'>['checks'][number]

interface PermissionsProps {
  readonly checks: readonly Check[]
  /** The tables that are wanted: what only others need is no fault. */
  readonly wanted: readonly string[]
}

/** What credentials may read, action by action. */
export function Permissions({ checks, wanted }: PermissionsProps) {
  return (
    <ul class="permissions">
      {checks.map((check) => (
        <li key={check.action} class={TONE[standing(check, wanted)]}>
          <span class="mark" aria-hidden="true">
            {MARK[standing(check, wanted)]}
          </span>
          <code>{check.action}</code>
          <span>
            <span class="heard">{WORD[standing(check, wanted)]}: </span>
            {check.table ?? 'the pool itself'}
            {!check.ok && (
              <small>
                <Prose text={about(check, wanted)} />
              </small>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

type Standing = 'allowed' | 'missing' | 'not needed' | 'not tried'

const MARK = { allowed: '✓', missing: '✕', 'not needed': '–', 'not tried': '–' } as const
const TONE = { allowed: 'good', missing: 'bad', 'not needed': 'calm', 'not tried': 'calm' } as const
const WORD = { allowed: 'Allowed', missing: 'Missing', 'not needed': 'Not allowed', 'not tried': 'Not tried' } as const

function standing({ ok, table }: Check, wanted: readonly string[]): Standing {
  if (ok) return 'allowed'
  if (ok === null) return 'not tried'
  return table === null || wanted.includes(table) ? 'missing' : 'not needed'
}

function about(check: Check, wanted: readonly string[]): string {
  if (standing(check, wanted) === 'not needed') return 'not chosen; left out until this is allowed'
  return check.description ?? ''
}

/** What is missing for what is wanted. */
export function missingAmong(checks: readonly Check[], wanted: readonly string[]): Check[] {
  return checks.filter((check) => standing(check, wanted) === 'missing')
}

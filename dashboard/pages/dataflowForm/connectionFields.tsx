import type { ComponentChildren } from 'preact'
import { REGION_NAMES } from '../../../src/cognito/regions.ts'
import type { AskError } from '../../../src/errors.ts'
import { Copyable, Policy } from '../../parts/copyable.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { problemOf } from '../../parts/problems.tsx'
import { type Typed, textIn } from '../../typed.ts'
import { KINDS, kindIn } from './connection.ts'

interface ConnectionFieldsProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  /** Whether a secret was given before. */
  readonly hasSecret: boolean
  /** What the owner of a role has to know; a dataflow that has none yet gets them once it is saved. */
  readonly role?: { readonly externalId: string; readonly trust: Readonly<Record<string, unknown>> } | undefined
}

/** Where the pool is, and what opens it. Only the fields of the kind that is chosen are shown. */
export function ConnectionFields(props: ConnectionFieldsProps) {
  const { typed, problem } = props
  const own = (field: string) => ({ name: field, value: textIn(typed, field), problem: problemOf(problem, field) })
  return (
    <div class="connection">
      <TextField
        {...own('poolId')}
        label="User Pool ID"
        hint={<>Cognito console → User pools → Overview. Looks like eu-central-1_AbCdEf123.</>}
        autocomplete="off"
      />
      <SelectField
        {...own('region')}
        label="Region"
        hint="The pool’s ID begins with it, so it is chosen as you type."
        options={regionsWith(textIn(typed, 'region'))}
      />
      <fieldset id="kind" class="segments">
        <legend>Credentials</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input type="radio" name="kind" value={kind} checked={kindIn(typed) === kind} />
            {NAMES[kind]}
          </label>
        ))}
      </fieldset>
      <Only kind="access-key">
        <AccessKeyFields {...props} />
      </Only>
      <Only kind="role">
        <RoleFields {...props} />
      </Only>
      <Only kind="ambient">
        <p class="quiet">
          The workers’ own: an instance profile, a task role, or a profile in their environment. Nothing is stored.
        </p>
      </Only>
    </div>
  )
}

const NAMES = { role: 'Role (recommended)', 'access-key': 'Access key', ambient: 'From the environment' } as const

function Only({ kind, children }: { readonly kind: (typeof KINDS)[number]; readonly children: ComponentChildren }) {
  return <div class={`only ${kind}`}>{children}</div>
}

function AccessKeyFields({ typed, problem, hasSecret }: ConnectionFieldsProps) {
  const [id, secret, token] = ['credentials.accessKeyId', 'credentials.secretAccessKey', 'credentials.sessionToken']
  const kept = hasSecret ? { placeholder: '••••••••••••', hint: 'Kept, and never shown. Type to replace it.' } : {}
  return (
    <>
      <TextField
        label="Access key ID"
        name={id}
        value={textIn(typed, id)}
        hint="IAM → Users → Security credentials → Access keys."
        problem={problemOf(problem, id)}
        autocomplete="off"
      />
      <TextField
        label="Secret access key"
        name={secret}
        type="password"
        hint="AWS shows it once, when the key is made. It is sealed before it is stored."
        {...kept}
        problem={problemOf(problem, secret)}
        autocomplete="new-password"
      />
      <details>
        <summary>Temporary keys</summary>
        <TextField
          label="Session token"
          name={token}
          type="password"
          hint="Only for an access key ID that begins with ASIA. It runs out within hours: a role lasts."
          problem={problemOf(problem, token)}
          autocomplete="off"
        />
      </details>
    </>
  )
}

function RoleFields({ typed, problem, role }: ConnectionFieldsProps) {
  const field = 'credentials.roleArn'
  return (
    <>
      <TextField
        label="Role ARN"
        name={field}
        value={textIn(typed, field)}
        hint="IAM → Roles → the role → ARN. Make it with the trust policy below."
        problem={problemOf(problem, field)}
        placeholder="arn:aws:iam::123456789012:role/poolkeeper"
        autocomplete="off"
      />
      {role ? (
        <>
          <p class="quiet">External ID, for the role’s trust policy:</p>
          <Copyable id="external-id" text={role.externalId} label="external ID" />
          <p class="quiet">
            Trust policy. ACCOUNT-ID stands for the AWS account that Poolkeeper runs in; put its number there.
          </p>
          <Policy id="trust-policy" policy={role.trust} label="trust policy" />
        </>
      ) : (
        <p class="quiet">Once this is saved, the dataflow’s page shows its external ID and the trust policy.</p>
      )}
    </>
  )
}

/** By name; an emulator's or a new one's beside them, where a pool is in it. */
function regionsWith(region: string) {
  const known = Object.entries(REGION_NAMES).map(([value, name]) => ({ value, name: `${name} · ${value}` }))
  const own = region && !REGION_NAMES[region] ? [{ value: region, name: region }] : []
  return [{ value: '', name: 'As in the pool’s ID' }, ...own, ...known]
}

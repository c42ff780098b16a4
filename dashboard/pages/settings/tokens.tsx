import type { Output } from '../../../src/api/contract.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Empty } from '../../parts/empty.tsx'
import { SecretOnce } from '../../parts/secretOnce.tsx'
import { counted } from '../../parts/text.ts'
import { When } from '../../parts/when.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { Setting, Settings } from './settings.tsx'

type Token = Output<'listTokens'>['items'][number]

interface TokensPageProps {
  readonly tokens: readonly Token[]
  readonly around: Surroundings
}

export function TokensPage({ tokens, around }: TokensPageProps) {
  const alive = tokens.filter((token) => isAlive(token, around.now))
  const gone = tokens.filter((token) => !isAlive(token, around.now))
  const make = (
    <a class="button main" href="/settings/tokens/new">
      New token
    </a>
  )
  return (
    <Settings section="Tokens" around={around} actions={make}>
      {alive.length > 0 ? (
        <TokenTable tokens={alive} around={around} />
      ) : (
        <Empty>No token opens anything. Make one for a program that uses the API, or for a person who signs in.</Empty>
      )}
      {gone.length > 0 && (
        <details>
          <summary>{counted(gone.length, 'token')} revoked or expired</summary>
          <TokenTable tokens={gone} around={around} />
        </details>
      )}
    </Settings>
  )
}

function isAlive({ revokedAt, expiresAt }: Token, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || new Date(expiresAt) > now)
}

function TokenTable({ tokens, around }: TokensPageProps) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">May</th>
          <th scope="col">Made</th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} around={around} />
        ))}
      </tbody>
    </table>
  )
}

function TokenRow({ token, around }: { readonly token: Token; readonly around: Surroundings }) {
  const { id, name, hint, role, personal, dataflows, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = token
  return (
    <tr>
      <th scope="row">
        {name}
        <small>
          <code>{hint}…</code>
        </small>
      </th>
      <td data-label="May">
        <span>
          {role}, for {dataflows ? dataflows.join(', ') : 'all dataflows'}
          <small>{personal ? 'personal values as they are' : 'personal values masked'}</small>
        </span>
      </td>
      <td data-label="Made">
        <span>
          <When at={createdAt} around={around} />
          <small>by {createdBy}</small>
        </span>
      </td>
      <td data-label="Last used">
        <When at={lastUsedAt} around={around} never="never" />
      </td>
      <td data-label="Ends">
        <span>
          {revokedAt && <small>revoked</small>}
          <When at={revokedAt ?? expiresAt} around={around} never="never" />
        </span>
      </td>
      <td>
        {isAlive(token, around.now) && (
          <Confirm
            id={`revoke-${id}`}
            name="Revoke"
            title={`Revoke the token ${name}?`}
            otherwise="Keep it"
            to={`/settings/tokens/${id}/revoke`}
            kind="danger"
            around={around}
          >
            Whatever uses it is refused from then on, and whoever signed in with it is signed out. There is no way back:
            make another one instead.
          </Confirm>
        )}
      </td>
    </tr>
  )
}

interface TokenMadePageProps {
  readonly token: Output<'createToken'>
  readonly around: Surroundings
}

/** The only page that ever shows a token's secret. */
export function TokenMadePage({ token: { name, secret }, around }: TokenMadePageProps) {
  return (
    <Setting section="Tokens" title={`Token ${name} is made`} around={around}>
      <SecretOnce id="secret" label="Its secret." secret={secret} address="/settings/tokens" />
      <p>
        A program sends it as <code>Authorization: Bearer …</code> (<a href="/api/docs">the API</a>), the command line
        takes it from <code>POOLKEEPER_TOKEN</code>, a person types it on the sign-in page.
      </p>
      <p>
        <a class="button" href="/settings/tokens">
          Done
        </a>
      </p>
    </Setting>
  )
}

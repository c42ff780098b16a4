import { LINK_MINUTES } from '../../src/access/signInLink.ts'
import { Notice } from './layout.tsx'

/** How somebody without a session gets one. */
export function HowToSignIn({ problem, oidc }: { readonly problem?: string; readonly oidc: boolean }) {
  return (
    <Notice title="Sign in">
      {problem && (
        <p class="explained failed" role="alert">
          {problem}
        </p>
      )}
      {oidc && (
        <p>
          <a class="button main" href="/sign-in/oidc">
            Sign in with your organisation
          </a>
        </p>
      )}
      <form method="post" action="/sign-in/token" class="labelled">
        <label for="token">{oidc ? 'Or with a token' : 'With a token'}</label>
        <div class="field">
          <input
            id="token"
            type="password"
            name="token"
            placeholder="pk_…"
            autocomplete="current-password"
            aria-describedby="token-hint"
            required
          />
          <button type="submit" class={oidc ? undefined : 'main'}>
            Sign in
          </button>
        </div>
        <small id="token-hint">
          An admin makes it for you, under Settings or with <code>poolkeeper token create</code>.
        </small>
      </form>
      <h2>Or by a link</h2>
      <p>
        Where Poolkeeper runs, this prints one. It works once, within {LINK_MINUTES} minutes, and opens the page that
        you wanted.
      </p>
      <pre>npx poolkeeper sign-in</pre>
    </Notice>
  )
}

/** For requests that may not come from a click: a preview in a chat or a browser's prefetch must not use up the link. */
export function ConfirmSignIn({ token }: { readonly token: string }) {
  return (
    <Notice title="Sign in">
      <p>This link signs one person in, once.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </Notice>
  )
}

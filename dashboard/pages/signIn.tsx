import { Notice } from './layout.tsx'

/** How somebody without a session gets one. */
export function HowToSignIn({ problem, oidc }: { readonly problem?: string; readonly oidc: boolean }) {
  return (
    <Notice title="Sign in">
      {problem && <p class="explained failed">{problem}</p>}
      {oidc && (
        <p>
          <a class="button main" href="/sign-in/oidc">
            Sign in with your organisation
          </a>
        </p>
      )}
      <p>{oidc ? 'Or with' : 'With'} a token that was made for you:</p>
      <form method="post" action="/sign-in/token" class="field">
        <input
          type="password"
          name="token"
          aria-label="Token"
          placeholder="pk_…"
          autocomplete="current-password"
          required
        />
        <button type="submit" class={oidc ? undefined : 'main'}>
          Sign in
        </button>
      </form>
      <p>Or by a link: get one where Poolkeeper runs, and open it within 15 minutes. It works once.</p>
      <pre>npx poolkeeper sign-in</pre>
    </Notice>
  )
}

/** For requests that may not come from a click: a preview in a chat or a browser's prefetch must not use up the link. */
export function ConfirmSignIn({ token }: { readonly token: string }) {
  return (
    <Notice title="Sign in">
      <p>This link signs in one person, once.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
    </Notice>
  )
}

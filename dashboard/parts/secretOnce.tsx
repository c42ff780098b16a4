interface SecretOnceProps {
  /** Names it on its page. */
  readonly id: string
  readonly label: string
  readonly secret: string
  /** Where loading the page again leads: the form that made the secret is not to be sent twice. */
  readonly address: string
}

/** A secret that is shown this once. `scripts/once.js` looks after its address, `scripts/copy.js` after the button. */
export function SecretOnce({ id, label, secret, address }: SecretOnceProps) {
  return (
    <div class="secret" data-address={address}>
      <p>
        <strong>{label}</strong> It is shown this once: copy it now.
      </p>
      <div class="field">
        <code id={id}>{secret}</code>
        <button type="button" data-copy={id}>
          Copy
        </button>
      </div>
    </div>
  )
}

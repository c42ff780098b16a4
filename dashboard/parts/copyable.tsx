interface CopyableProps {
  /** Names it on its page. */
  readonly id: string
  readonly text: string
  /** What it is, to those who hear the button. */
  readonly label: string
}

/** Text to paste elsewhere, with a button that copies it. */
export function Copyable({ id, text, label }: CopyableProps) {
  return (
    <div class="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled to by keyboard too */}
      <pre id={id} tabIndex={0}>
        {text}
      </pre>
      <button type="button" data-copy={id} aria-label={`Copy: ${label}`}>
        Copy
      </button>
    </div>
  )
}

/** A policy as AWS's editor takes it. */
export function Policy({
  id,
  policy,
  label,
}: Omit<CopyableProps, 'text'> & { readonly policy: Readonly<Record<string, unknown>> }) {
  return <Copyable id={id} label={label} text={JSON.stringify(policy, null, 2)} />
}

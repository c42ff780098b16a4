import type { ComponentChildren } from 'preact'

/** The field that our forms carry their token in. */
export const CSRF_FIELD = 'csrf'

interface ChangeFormProps {
  readonly action: string
  /** From the page's surroundings: it shows that the form is ours. */
  readonly csrf: string | undefined
  readonly children: ComponentChildren
}

/** A form that changes something. */
export function ChangeForm({ action, csrf, children }: ChangeFormProps) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name={CSRF_FIELD} value={csrf} />
      {children}
    </form>
  )
}

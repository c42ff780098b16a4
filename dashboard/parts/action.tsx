import type { Surroundings } from '../surroundings.ts'
import { ChangeForm } from './changeForm.tsx'

interface ActionProps {
  /** The verb. */
  readonly name: string
  readonly to: string
  readonly around: Pick<Surroundings, 'csrf'>
  readonly kind?: 'main' | 'danger'
  /** What goes along, by name. */
  readonly fields?: Readonly<Record<string, string>>
}

/** A button that changes something, by itself. */
export function Action({ name, to, around, kind, fields = {} }: ActionProps) {
  return (
    <ChangeForm action={to} csrf={around.csrf}>
      {Object.entries(fields).map(([field, value]) => (
        <input key={field} type="hidden" name={field} value={value} />
      ))}
      <button type="submit" class={kind}>
        {name}
      </button>
    </ChangeForm>
  )
}

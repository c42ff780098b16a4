import type { Field } from '../api/fields.ts'
import { Prose } from './prose.tsx'

interface FieldsProps {
  readonly fields: readonly Field[]
  readonly caption: string
  /** Whether they are for somebody to send: then what must be is marked. */
  readonly sent?: boolean
}

/** What can be sent, or is answered, line by line. */
export function Fields({ fields, caption, sent = false }: FieldsProps) {
  return (
    <table class="cards fields">
      <caption>{caption}</caption>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row">
              <code>{field.name}</code>
              {sent && field.required && <small>required</small>}
            </th>
            <td data-label="Type">
              <span>
                <Type {...field} />
              </span>
            </td>
            <td data-label="About">
              <span>
                <Prose text={field.about} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A component's name leads to it. */
export function Type({ type, component }: Pick<Field, 'type' | 'component'>) {
  if (component === undefined) return <>{type}</>
  const [before, after] = type.split(component)
  return (
    <>
      {before}
      <a href={`#${component}`}>{component}</a>
      {after}
    </>
  )
}

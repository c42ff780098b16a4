import type { ComponentChildren } from 'preact'

interface LabelledProps {
  readonly label: string
  readonly name: string
  /** What to type, or where to find it. */
  readonly hint?: ComponentChildren
  /** What is wrong with what was typed. */
  readonly problem?: string | undefined
}

/** What an input is described by, for those who hear it. */
function describedBy({ name, hint, problem }: LabelledProps) {
  const ids = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ')
  return { id: name, name, 'aria-describedby': ids || undefined, 'aria-invalid': problem ? true : undefined }
}

function Labelled({ label, name, hint, problem, children }: LabelledProps & { readonly children: ComponentChildren }) {
  return (
    <div class="labelled">
      <label for={name}>{label}</label>
      {children}
      {hint && <small id={`${name}-hint`}>{hint}</small>}
      {problem && (
        <p id={`${name}-problem`} class="problem">
          {problem}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends LabelledProps {
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'url' | 'date' | 'time' | 'datetime-local'
  readonly value?: string | undefined
  readonly required?: boolean
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly autofocus?: boolean
  readonly pattern?: string
  readonly maxLength?: number
  /** The id of a list of suggestions. */
  readonly list?: string
  /** What htmx is to do while somebody types. */
  readonly hx?: Readonly<Record<`hx-${string}`, string>>
}

/** One line to type in, with its label, what to type, and what is wrong with it. */
export function TextField({ label, name, hint, problem, type = 'text', hx, ...input }: TextFieldProps) {
  const about = { label, name, hint, problem }
  return (
    <Labelled {...about}>
      {/* preact types an input by a union of what its type may be; one that is given is any of them */}
      <input type={type as 'text'} {...input} {...hx} {...describedBy(about)} />
    </Labelled>
  )
}

interface TextAreaProps extends LabelledProps {
  readonly value?: string | undefined
  readonly rows?: number
}

/** Several lines to type in. */
export function TextArea({ label, name, hint, problem, value, rows = 3 }: TextAreaProps) {
  const about = { label, name, hint, problem }
  return (
    <Labelled {...about}>
      <textarea rows={rows} value={value} {...describedBy(about)} />
    </Labelled>
  )
}

interface SelectFieldProps extends LabelledProps {
  readonly value: string
  readonly options: readonly { readonly value: string; readonly name: string }[]
}

/** One of several. */
export function SelectField({ label, name, hint, problem, value, options }: SelectFieldProps) {
  const about = { label, name, hint, problem }
  return (
    <Labelled {...about}>
      <select {...describedBy(about)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.name}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

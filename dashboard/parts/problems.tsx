import type { AskError } from '../../src/errors.ts'

/**
 * Everything that is wrong with a form, before it: the focus goes here, and each problem leads to its field.
 * Beside the fields stand the same words: `problemOf`.
 */
export function Problems({ problem }: { readonly problem: AskError | undefined }) {
  if (!problem) return null
  const { problems, description } = problem
  return (
    <div class="explained failed" role="alert" tabIndex={-1} autofocus>
      <h2>{problems.length > 1 ? 'There are problems' : 'There is a problem'}</h2>
      <ul>
        {problems.length === 0 && <li>{description}</li>}
        {problems.map(({ field, message }) => (
          <li key={message}>{field ? <a href={`#${field}`}>{message}</a> : message}</li>
        ))}
      </ul>
    </div>
  )
}

/** What is wrong with one field. */
export function problemOf(problem: AskError | undefined, field: string): string | undefined {
  return problem?.problems.find((found) => found.field === field)?.message
}

import type { oas31 } from 'zod-openapi'
import { curlOf } from '../api/curl.ts'
import { type Field, fieldOf, fieldsOf } from '../api/fields.ts'
import { Fields, Type } from './fields.tsx'
import { Prose } from './prose.tsx'

export interface OperationProps {
  readonly path: string
  readonly method: string
  readonly operation: oas31.OperationObject
}

/** One operation of the API: what it takes, what it answers, and how to call it. */
export function Operation({ path, method, operation }: OperationProps) {
  const { operationId, summary = '', description = '', responses = {} } = operation
  const taken = takenBy(operation)
  return (
    <article id={operationId}>
      <h3>
        <Method method={method} /> {path}
      </h3>
      <p>
        <Prose text={`${summary}. ${description}`} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled to by keyboard too */}
      <pre tabIndex={0}>{curlOf(path, method, operation)}</pre>
      {taken.length > 0 && <Fields caption="Takes" fields={taken} sent />}
      {Object.entries(responses)
        .filter(([status]) => status.startsWith('2'))
        .map(([status, answer]) => (
          <Answer key={status} status={status} answer={answer} />
        ))}
      <p class="quiet">
        Or a <a href="#Problem">Problem</a>:{' '}
        {Object.keys(responses)
          .filter((status) => /^[45]/.test(status))
          .join(', ')}
      </p>
    </article>
  )
}

/** What changes something stands out. */
export function Method({ method }: { readonly method: string }) {
  const tone = method === 'get' ? 'calm' : method === 'delete' ? 'bad' : 'live'
  return <span class={`badge ${tone}`}>{method.toUpperCase()}</span>
}

function takenBy({ parameters = [], requestBody }: oas31.OperationObject): Field[] {
  const named = parameters.flatMap((parameter) =>
    'name' in parameter
      ? [fieldOf(`${parameter.in} ${parameter.name}`, parameter.schema ?? {}, parameter.required ?? false)]
      : [],
  )
  const body = requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined
  return [...named, ...(body ? fieldsOf(body) : [])]
}

function Answer({ status, answer }: { readonly status: string; readonly answer: oas31.ResponseObject }) {
  const headers = Object.keys(answer.headers ?? {}).filter((name) => name !== 'X-Request-Id')
  const contents = Object.entries(answer.content ?? {})
  return (
    <>
      <p>
        Answers {status}
        {contents.map(([type, { schema = {} }]) => (
          <span key={type}>
            {' '}
            with <Type {...fieldOf('', schema, true)} /> as <code>{type}</code>
          </span>
        ))}
        {headers.length > 0 && `, and the header ${headers.join(', ')}`}.
      </p>
      {contents.map(([type, { schema = {} }]) => {
        const inside = fieldsOf(schema)
        return inside.length > 0 && <Fields key={type} caption="Answers" fields={inside} />
      })}
    </>
  )
}

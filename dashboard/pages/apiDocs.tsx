import type { oas31 } from 'zod-openapi'
import { fieldsOf } from '../api/fields.ts'
import { Fields } from '../parts/fields.tsx'
import { Method, Operation, type OperationProps } from '../parts/operation.tsx'
import { Prose } from '../parts/prose.tsx'
import type { Surroundings } from '../surroundings.ts'
import { Layout } from './layout.tsx'

interface ApiDocsPageProps {
  readonly description: oas31.OpenAPIObject
  /** Where programs get it. */
  readonly address: string
  readonly around: Surroundings
}

/** The description of the API, for people. */
export function ApiDocsPage({ description, address, around }: ApiDocsPageProps) {
  const { info, components = {} } = description
  const byTag = operationsByTag(description)
  return (
    <Layout title="API" current="API" around={around}>
      <div class="head">
        <h1>API</h1>
        <p class="quiet">
          For programs: <a href={address}>OpenAPI {description.openapi}</a>
        </p>
      </div>
      <p>
        <Prose text={info.description ?? ''} />
      </p>
      <Contents byTag={byTag} />
      {byTag.map(([tag, operations]) => (
        <section key={tag}>
          <h2>{tag.charAt(0).toUpperCase() + tag.slice(1)}</h2>
          {operations.map((operation) => (
            <Operation key={operation.operation.operationId} {...operation} />
          ))}
        </section>
      ))}
      <h2>Refusals</h2>
      <Refusals description={description} />
      <h2>Schemas</h2>
      {Object.entries(components.schemas ?? {}).map(([name, schema]) => (
        <article key={name} id={name}>
          <h3>{name}</h3>
          {schema.description && <p>{schema.description}</p>}
          <Fields caption="Fields" fields={fieldsOf(schema)} />
        </article>
      ))}
    </Layout>
  )
}

type ByTag = readonly (readonly [tag: string, operations: readonly OperationProps[]])[]

function operationsByTag({ servers = [], paths = {} }: oas31.OpenAPIObject): ByTag {
  const base = servers[0]?.url ?? ''
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]: [string, oas31.OperationObject]) => ({
      path: `${base}${path}`,
      method,
      operation,
    })),
  )
  const tags = [...new Set(all.map(tagOf))]
  return tags.map((tag) => [tag, all.filter((one) => tagOf(one) === tag)])
}

const tagOf = ({ operation }: OperationProps) => operation.tags?.[0] ?? ''

function Contents({ byTag }: { readonly byTag: ByTag }) {
  return (
    <nav class="contents" aria-label="Operations">
      {byTag.flatMap(([, operations]) =>
        operations.map(({ method, operation: { operationId, summary } }) => (
          <a key={operationId} href={`#${operationId}`}>
            <Method method={method} /> {summary}
          </a>
        )),
      )}
    </nav>
  )
}

/** Every status that something may be refused with, and what it means. */
function Refusals({ description: { paths = {}, components = {} } }: Pick<ApiDocsPageProps, 'description'>) {
  const references = Object.values(paths)
    .flatMap((methods): oas31.OperationObject[] => Object.values(methods))
    .flatMap(({ responses = {} }) => Object.entries(responses))
    .filter(([, response]) => '$ref' in response)
  const byStatus = new Map(references.map(([status, { $ref }]) => [status, String($ref).split('/').at(-1) ?? '']))
  return (
    <dl>
      {[...byStatus].sort().map(([status, name]) => (
        <>
          <dt>{status === 'default' ? 'other' : status}</dt>
          <dd>
            <Prose text={components.responses?.[name]?.description ?? ''} />
          </dd>
        </>
      ))}
    </dl>
  )
}

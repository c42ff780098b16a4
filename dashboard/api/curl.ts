import type { oas31 } from 'zod-openapi'

type Schema = oas31.SchemaObject | oas31.ReferenceObject

/** An operation as a command to paste into a shell that knows where the server is, and a token. */
export function curlOf(path: string, method: string, operation: oas31.OperationObject): string {
  const { parameters = [], requestBody, responses = {} } = operation
  const body = requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined
  return [
    `curl ${switchesFor(responses)}-H "Authorization: Bearer $POOLKEEPER_TOKEN"`,
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(body ? [`-H 'Content-Type: application/json' -d ${quoted(JSON.stringify(exampleOf(body)))}`] : []),
    `"$POOLKEEPER_URL${filled(path, parameters)}"`,
  ].join(' \\\n  ')
}

/** Events are shown as they come, a file is saved by its name. */
function switchesFor(responses: oas31.ResponsesObject): string {
  const content: oas31.ContentObject = responses['200']?.content ?? {}
  if (content['text/event-stream']) return '-N '
  return content['text/csv'] ? '-OJ ' : ''
}

/** `/runs/{run}` → `/runs/12` */
function filled(path: string, parameters: NonNullable<oas31.OperationObject['parameters']>): string {
  return parameters.reduce<string>(
    (url, parameter) =>
      'name' in parameter ? url.replace(`{${parameter.name}}`, `${exampleOf(parameter.schema ?? {})}`) : url,
    path,
  )
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** What could be sent: what must be, and what there is an example for. */
export function exampleOf(schema: Schema): unknown {
  if (schema.$ref !== undefined) return {}
  const whole = schema as oas31.SchemaObject
  const given = whole.example ?? whole.examples?.[0] ?? whole.const ?? whole.enum?.[0]
  if (given !== undefined) return given
  const [first] = [...(whole.oneOf ?? []), ...(whole.anyOf ?? [])]
  if (first) return exampleOf(first)
  if (whole.items) return [exampleOf(whole.items)]
  if (whole.properties) return Object.fromEntries(sent(whole).map(([name, part]) => [name, exampleOf(part)]))
  return whole.default ?? PLAIN[[whole.type].flat()[0] ?? 'string'] ?? '…'
}

const PLAIN: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: true, object: {} }

function sent({ properties = {}, required = [] }: oas31.SchemaObject): [string, Schema][] {
  return Object.entries(properties).filter(([name, part]) => required.includes(name) || 'example' in part)
}

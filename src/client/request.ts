import { HEADERS } from '../api/headers.ts'
import { API, type OperationName, ROUTES } from '../api/routes.ts'
import { PoolkeeperApiError } from './errors.ts'

/** A request of the API, to be sent once or several times. */
export interface ApiRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What an operation takes, side by side; its body under `body`. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * What an operation's call looks like as a request.
 * @param server the address of the dashboard, with the path below which it stands, if any
 * @throws PoolkeeperApiError for a name that can't stand in a path
 */
export function requestOf(server: string, name: OperationName, { body, ...fields }: Fields): ApiRequest {
  const { method, path } = ROUTES[name]
  const filled = path.replaceAll(PARAM, (_, param: string) => segment(param, fields[param]))
  const url = new URL(`${server.replace(/\/+$/, '')}${API}${filled}`)
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || path.includes(`{${field}}`)) continue
    if (isHeader(field)) headers[HEADERS[field]] = String(value)
    else for (const one of [value].flat()) url.searchParams.append(field, String(one))
  }
  return { method: method.toUpperCase(), url, headers, body: body === undefined ? undefined : JSON.stringify(body) }
}

const PARAM = /\{(\w+)\}/g

/** An empty one, or one of dots, would make another address of it: that of the list, or of what stands above. */
function segment(param: string, value: unknown): string {
  const text = String(value)
  if (/[^.]/.test(text)) return encodeURIComponent(text)
  throw new PoolkeeperApiError({
    ...{ status: 0, cause: 'bad-input', requestId: null },
    detail: `There is no ${param} "${text}".`,
    remedy: 'Name one.',
  })
}

function isHeader(field: string): field is keyof typeof HEADERS {
  return field in HEADERS
}

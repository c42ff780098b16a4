import { ServiceError } from './errors.ts'
import type { Input } from './parameters.ts'
import type { SignedRequest } from './signature.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a service's requests and answers are written. */
export interface Protocol {
  readonly service: 'cognito-idp' | 'sts'
  read(request: SignedRequest): { operation: string; input: Input }
  success(result: object, operation: string, requestId: string): Reply
  failure(error: ServiceError, requestId: string): Reply
}

/** The protocol that a request speaks, by its content type. */
export function protocolOf({ headers }: SignedRequest): Protocol {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? stsQuery : cognitoJson
}

const TARGET = 'AWSCognitoIdentityProviderService.'

/** AWS JSON 1.1, as Cognito speaks it. */
const cognitoJson: Protocol = {
  service: 'cognito-idp',

  read({ headers, body }) {
    const target = String(headers['x-amz-target'] ?? '')
    if (!target.startsWith(TARGET)) throw new ServiceError('UnknownOperationException', '')
    return { operation: target.slice(TARGET.length), input: parseObject(body) }
  },

  success: (result, _operation, requestId) => json(200, result, requestId, {}),

  failure: ({ name, message, status }, requestId) =>
    json(status, { __type: name, message }, requestId, {
      'x-amzn-errortype': name,
      'x-amzn-errormessage': oneLine(message),
    }),
}

function json(status: number, value: object, requestId: string, headers: Reply['headers']): Reply {
  const contentType = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }
  return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(value) }
}

function parseObject(body: string): Input {
  try {
    const value: unknown = JSON.parse(body || '{}')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new ServiceError('SerializationException', 'Start of structure or map found where not expected.')
}

const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** The names under which STS knows what Cognito calls otherwise; it answers all of these with 403. */
const STS_CODES: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
  AccessDenied: 'AccessDenied',
}

/** AWS Query, as STS speaks it: a form in, XML out. */
const stsQuery: Protocol = {
  service: 'sts',

  read({ body }) {
    const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body))
    return { operation: Action, input }
  },

  success: (result, operation, requestId) =>
    xml(200, `${operation}Response`, {
      [`${operation}Result`]: result,
      ResponseMetadata: { RequestId: requestId },
    }),

  failure({ name, message, status }, requestId) {
    const code = STS_CODES[name]
    const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code ?? name, Message: message }
    return xml(code ? 403 : status, 'ErrorResponse', { Error: error, RequestId: requestId })
  },
}

function xml(status: number, root: string, value: object): Reply {
  const body = `<${root} xmlns="${STS_NAMESPACE}">${elements(value)}</${root}>`
  return { status, headers: { 'content-type': 'text/xml' }, body }
}

function elements(value: object): string {
  return Object.entries(value)
    .map(([name, item]) => `<${name}>${typeof item === 'object' ? elements(item) : escapeXml(String(item))}</${name}>`)
    .join('')
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A header holds printable ASCII only. */
const oneLine = (text: string) => text.replace(/[^\x20-\x7e]/g, '?')

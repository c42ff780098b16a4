import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { ServiceError } from './errors.ts'

/** A request as it came, with all that its signature covers. */
export interface SignedRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the Authorization header says; not proved before `verifySignature`. */
export interface Signature {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/** AWS takes a request for 5 minutes round its `x-amz-date`. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

/** Reads the Authorization header of AWS Signature Version 4. @throws ServiceError when there is none, or half of one. */
export function readSignature({ headers }: SignedRequest): Signature {
  if (!headers.authorization)
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [, accessKeyId, date, region, service, signed, signature] = AUTHORIZATION.exec(headers.authorization) ?? []
  if (!accessKeyId || !date || !region || !service || !signed || !signature) {
    throw new ServiceError('IncompleteSignatureException', 'Authorization header requires AWS4-HMAC-SHA256 parameters.')
  }
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature }
}

/**
 * Signs the request again with the secret and compares, as AWS does.
 * @throws ServiceError InvalidSignatureException: another secret, a changed request, or a clock more than 5 minutes off.
 */
export function verifySignature(request: SignedRequest, given: Signature, secretAccessKey: string): void {
  const time = headerOf(request, 'x-amz-date')
  refuseOldTime(time)
  const expected = sign(secretAccessKey, given, stringToSign(request, given, time))
  if (timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(given.signature, 'hex'))) return
  throw new ServiceError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

function stringToSign(request: SignedRequest, { date, region, service, signedHeaders }: Signature, time: string) {
  const headers = signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`).join('')
  const canonical = ['POST', '/', '', headers, signedHeaders.join(';'), sha256(request.body)].join('\n')
  return ['AWS4-HMAC-SHA256', time, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n')
}

function sign(secret: string, { date, region, service }: Signature, text: string): string {
  const key = [date, region, service, 'aws4_request'].reduce(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${secret}`),
  )
  return hmac(key, text).toString('hex')
}

function refuseOldTime(time: string): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Math.abs(Date.now() - at) <= CLOCK_TOLERANCE_MS) return
  throw new ServiceError('InvalidSignatureException', `Signature expired: ${time} is not within 5 min. of our clock`)
}

function headerOf({ headers }: SignedRequest, name: string): string {
  return String(headers[name] ?? '')
    .trim()
    .replace(/ +/g, ' ')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

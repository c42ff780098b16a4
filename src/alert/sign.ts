import { createHmac } from 'node:crypto'

/**
 * The value of `Poolkeeper-Signature`: when it was sent, and an HMAC of that and the body under the webhook's secret. The
 * time is signed as well, so that whoever has recorded a request can't send it again tomorrow.
 */
export function signatureOf(secret: string, body: string, at: Date): string {
  const t = Math.floor(at.getTime() / 1_000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

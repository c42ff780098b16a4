import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SealingKey } from '../config.ts'
import { AskError, GiveUpError } from '../errors.ts'

/** A secret as it is stored: the envelope and the id of the key that opens it. */
export interface Sealed {
  readonly bytes: Buffer
  readonly keyId: string
}

/** What a secret may be a part of. */
export type SealedRecord = 'dataflow' | 'webhook' | 'draft'

/** Names the record that a secret is sealed for: `dataflow:12`. */
export const contextOf = (kind: SealedRecord, id: number) => `${kind}:${id}`

/*
 * The envelope, version 1. Both boxes are AES-256-GCM: nonce (12 bytes), tag (16), ciphertext.
 *
 *   1 byte    version
 *   60 bytes  the data key, 32 random bytes of this record only, boxed under a key of POOLKEEPER_KEY
 *   28 + n    the plaintext, boxed under the data key
 *
 * Either box is bound to its version, its part and the record (`dataflow:12`) as associated data, so that bytes moved
 * from one record to another, or from one part to the other, don't open. A random nonce is safe: each data key boxes
 * one plaintext, and a key of POOLKEEPER_KEY would have to box 2^32 data keys.
 */
const VERSION = 1
const NONCE = 12
const TAG = 16
const DATA_KEY = 32
const DATA_AT = 1 + NONCE + TAG + DATA_KEY

const aad = (part: 'key' | 'data', context: string) => Buffer.from(`poolkeeper ${VERSION} ${part} ${context}`)

function box(key: Buffer, plaintext: Buffer, bound: Buffer): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(bound)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** @throws Error (Node's "unable to authenticate data") when key, bytes or binding are not those of `box`. */
function unbox(key: Buffer, boxed: Buffer, bound: Buffer): Buffer {
  const nonce = boxed.subarray(0, NONCE)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
    .setAAD(bound)
    .setAuthTag(boxed.subarray(NONCE, NONCE + TAG))
  return Buffer.concat([decipher.update(boxed.subarray(NONCE + TAG)), decipher.final()])
}

/** @throws AskError when there is no key to seal with. */
function sealingKey(keys: readonly SealingKey[]): SealingKey {
  const [first] = keys
  if (first) return first
  throw new AskError(
    'bad-configuration',
    'There is no key to seal the credentials with.',
    'Set POOLKEEPER_KEY to 32 bytes in base64 (make one: openssl rand -base64 32) in every process.',
  )
}

/** @throws GiveUpError when the key that the secret is sealed under is not among the keys. */
function keyOf(keys: readonly SealingKey[], keyId: string, owner: string): SealingKey {
  const key = keys.find(({ id }) => id === keyId)
  if (key) return key
  const given = keys.length
    ? `POOLKEEPER_KEY holds ${keys.map(({ id }) => id).join(', ')}`
    : 'POOLKEEPER_KEY is not set'
  throw new GiveUpError(
    'wrong-key',
    `The credentials of ${owner} are sealed under the key ${keyId}; ${given}.`,
    'Add the key that they were sealed with to POOLKEEPER_KEY, or enter the credentials again (`poolkeeper dataflow edit`; make a webhook anew).',
  )
}

function broken(owner: string, keyId: string, cause?: unknown): GiveUpError {
  return new GiveUpError(
    'wrong-key',
    `The stored credentials of ${owner}, sealed under the key ${keyId}, have been changed or belong to another record.`,
    'Enter them again (`poolkeeper dataflow edit`; make a webhook anew).',
    { cause },
  )
}

function openDataKey(keys: readonly SealingKey[], sealed: Sealed, context: string, owner: string): Buffer {
  const key = keyOf(keys, sealed.keyId, owner)
  if (sealed.bytes[0] !== VERSION || sealed.bytes.length < DATA_AT + NONCE + TAG) throw broken(owner, sealed.keyId)
  try {
    return unbox(key.bytes, sealed.bytes.subarray(1, DATA_AT), aad('key', context))
  } catch (cause) {
    throw broken(owner, sealed.keyId, cause)
  }
}

/**
 * Seals a secret for one record.
 * @param keys the first one seals
 * @param context names the record, such as `dataflow:12`; opening takes the same
 * @throws AskError when there is no key
 */
export function seal(keys: readonly SealingKey[], plaintext: Buffer | string, context: string): Sealed {
  const key = sealingKey(keys)
  const dataKey = randomBytes(DATA_KEY)
  const wrapped = box(key.bytes, dataKey, aad('key', context))
  const data = box(dataKey, Buffer.from(plaintext), aad('data', context))
  return { bytes: Buffer.concat([Buffer.of(VERSION), wrapped, data]), keyId: key.id }
}

/**
 * Opens what `seal` made.
 * @param owner whose it is, as the error should call it
 * @throws GiveUpError 'wrong-key' when the key is not among the keys, or the bytes were changed or moved between records
 */
export function open(keys: readonly SealingKey[], sealed: Sealed, context: string, owner = context): Buffer {
  const dataKey = openDataKey(keys, sealed, context, owner)
  try {
    return unbox(dataKey, sealed.bytes.subarray(DATA_AT), aad('data', context))
  } catch (cause) {
    throw broken(owner, sealed.keyId, cause)
  }
}

/** Seals the record's data key under the first of the keys; the secret itself is not opened. Errors as `open`'s. */
export function rewrap(keys: readonly SealingKey[], sealed: Sealed, context: string, owner = context): Sealed {
  const key = sealingKey(keys)
  const wrapped = box(key.bytes, openDataKey(keys, sealed, context, owner), aad('key', context))
  return { bytes: Buffer.concat([Buffer.of(VERSION), wrapped, sealed.bytes.subarray(DATA_AT)]), keyId: key.id }
}

/** Seals a secret for the record that takes it over. Nobody is given it meanwhile. Errors as `open`'s. */
export function reseal(keys: readonly SealingKey[], sealed: Sealed, from: string, to: string, owner = from): Sealed {
  return seal(keys, open(keys, sealed, from, owner), to)
}

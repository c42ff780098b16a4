import { describe, expect, test } from 'vitest'
import { open, rewrap, seal } from '../../src/dataflow/seal.ts'
import { AskError, GiveUpError } from '../../src/errors.ts'
import { freshKeys } from './keys.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const CONTEXT = 'dataflow:12'

function refusal(work: () => unknown): GiveUpError {
  try {
    work()
  } catch (error) {
    if (error instanceof GiveUpError) return error
    throw error
  }
  throw new Error('it opened')
}

describe('a sealed secret', () => {
  test('opens under the key that sealed it, wherever that stands among the keys', () => {
    const keys = freshKeys(3)
    const sealed = seal(keys, SECRET, CONTEXT)
    expect(open([...keys].reverse(), sealed, CONTEXT).toString()).toBe(SECRET)
    expect(sealed.keyId).toBe(keys[0]?.id)
  })

  test('does not hold the secret, and is never the same twice', () => {
    const keys = freshKeys()
    const [one, other] = [seal(keys, SECRET, CONTEXT), seal(keys, SECRET, CONTEXT)]
    expect(one.bytes.includes(SECRET)).toBe(false)
    expect(one.bytes.equals(other.bytes)).toBe(false)
  })

  test('does not open when any one of its bytes was changed', () => {
    const keys = freshKeys()
    const sealed = seal(keys, SECRET, CONTEXT)
    for (const position of sealed.bytes.keys()) {
      const bytes = Buffer.from(sealed.bytes)
      bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position)
      expect(refusal(() => open(keys, { ...sealed, bytes }, CONTEXT)).code, `byte ${position}`).toBe('wrong-key')
    }
  })

  test('does not open when it was cut anywhere', () => {
    const keys = freshKeys()
    const sealed = seal(keys, SECRET, CONTEXT)
    for (const length of sealed.bytes.keys()) {
      const bytes = sealed.bytes.subarray(0, length)
      expect(refusal(() => open(keys, { ...sealed, bytes }, CONTEXT)).code, `${length} bytes`).toBe('wrong-key')
    }
  })

  test('does not open in another record', () => {
    const keys = freshKeys()
    const error = refusal(() => open(keys, seal(keys, SECRET, CONTEXT), 'dataflow:13', 'dataflow StaffPool'))
    expect(error.code).toBe('wrong-key')
    expect(error.message).toContain('StaffPool')
  })

  test('names its owner and its key when that key is not there', () => {
    const [keys, others] = [freshKeys(), freshKeys()]
    const error = refusal(() => open(others, seal(keys, SECRET, CONTEXT), CONTEXT, 'dataflow StaffPool'))
    expect(error.code).toBe('wrong-key')
    expect(error.message).toContain(`dataflow StaffPool are sealed under the key ${keys[0]?.id}`)
    expect(error.message).toContain(`POOLKEEPER_KEY holds ${others[0]?.id}`)
    expect(refusal(() => open([], seal(keys, SECRET, CONTEXT), CONTEXT)).message).toContain('is not set')
  })

  test('does not open under another key that claims the same id', () => {
    const [[key], [other]] = [freshKeys(), freshKeys()]
    const sealed = seal(key ? [key] : [], SECRET, CONTEXT)
    const impostor = { id: sealed.keyId, bytes: other?.bytes ?? Buffer.alloc(32) }
    expect(refusal(() => open([impostor], sealed, CONTEXT)).code).toBe('wrong-key')
  })

  test('can be put under another key without being opened', () => {
    const [old, fresh] = [freshKeys(), freshKeys()]
    const sealed = seal(old, SECRET, CONTEXT)
    const moved = rewrap([...fresh, ...old], sealed, CONTEXT)
    expect(moved.keyId).toBe(fresh[0]?.id)
    expect(open(fresh, moved, CONTEXT).toString()).toBe(SECRET)
    expect(() => open(old, moved, CONTEXT)).toThrow(GiveUpError)
  })

  test('is not made without a key', () => {
    expect(() => seal([], SECRET, CONTEXT)).toThrow(AskError)
  })
})

import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

test('a hash key is 32 bytes, known by an id that tells nothing of it', () => {
  const key = randomBytes(32)
  const { hashKey } = loadConfig({ POOLKEEPER_HASH_KEY: key.toString('base64') })
  expect(hashKey?.bytes).toEqual(key)
  expect(hashKey?.id).toMatch(/^[0-9a-f]{8}$/)
  expect(loadConfig({ POOLKEEPER_HASH_KEY: '' }).hashKey).toBeUndefined()
})

test('hosts that webhooks may reach are told apart by commas, with a port or without, in any case', () => {
  const { webhookHosts } = loadConfig({ POOLKEEPER_WEBHOOK_HOSTS: 'Hooks.internal, 10.0.0.7:8080,[fd00::7]:443' })
  expect(webhookHosts).toEqual(['hooks.internal', '10.0.0.7:8080', '[fd00::7]:443'])
  expect(loadConfig({}).webhookHosts).toEqual([])
})

test.each(['https://hooks.internal/', '*', '*.internal', 'hooks.internal:https'])('%s is no such host', (text) => {
  expect(() => loadConfig({ POOLKEEPER_WEBHOOK_HOSTS: text })).toThrow(
    'POOLKEEPER_WEBHOOK_HOSTS: must be hosts such as',
  )
})

test.each(['POOLKEEPER_KEY', 'POOLKEEPER_HASH_KEY'])('%s is refused without quoting it', (name) => {
  const key = randomBytes(31).toString('base64')
  const refused = () => loadConfig({ [name]: key })
  expect(refused).toThrow(`${name}: a key must be 32 bytes in base64 (make one: openssl rand -base64 32)`)
  expect(refused).not.toThrow(key)
})

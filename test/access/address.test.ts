import { expect, test } from 'vitest'
import { checkedAddress, dashboardAddress } from '../../src/access/address.ts'
import { AskError } from '../../src/errors.ts'

test.each([
  ['127.0.0.1', 'http://127.0.0.1:7300'],
  ['0.0.0.0', 'http://localhost:7300'],
  ['::', 'http://localhost:7300'],
  ['::1', 'http://[::1]:7300'],
])('a dashboard that listens on %s is opened at %s', (host, address) => {
  expect(dashboardAddress(host, 7300)).toBe(address)
})

test('an address that people reach the dashboard at is http or https', () => {
  expect(checkedAddress('https://pools.example.com')).toBe('https://pools.example.com')
  for (const text of ['pools.example.com', 'localhost:7300', 'javascript:alert(1)', '']) {
    expect(() => checkedAddress(text)).toThrow(AskError)
  }
})

import { expect, test } from 'vitest'
import { checkedUrl, destinationOf, resolveHost } from '../../src/alert/destination.ts'

const PUBLIC = { address: '93.184.215.14', family: 4 }
const METADATA = { address: '169.254.169.254', family: 4 }

const leadingTo =
  (...addresses: (typeof PUBLIC)[]) =>
  async () =>
    addresses

test('a public address over HTTPS is what may be connected to', async () => {
  const url = new URL('https://hooks.example.com/T0/B0')
  expect(await destinationOf(url, [], leadingTo(PUBLIC))).toEqual([PUBLIC])
})

test.each([
  ['a name that leads inside', 'https://hooks.example.com/', [METADATA], 'is at no public address'],
  ['a name that leads inside as well', 'https://hooks.example.com/', [PUBLIC, METADATA], 'is at no public address'],
  ['plain HTTP', 'http://hooks.example.com/', [PUBLIC], 'speaks plain HTTP'],
  ['another port', 'https://hooks.example.com:8443/', [PUBLIC], 'another port than 443'],
])('%s is refused', async (_what, url, addresses, why) => {
  const refused = destinationOf(new URL(url), ['other.example.com'], leadingTo(...addresses))
  await expect(refused).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(why) })
})

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://localhost/',
  'https://LOCALHOST./',
])('%s leads inside, however it is written', async (url) => {
  await expect(destinationOf(new URL(url), [], resolveHost)).rejects.toThrow(/no public address|ENOTFOUND/)
})

test.each([
  ['http://hooks.internal/', 'hooks.internal'],
  ['https://hooks.internal/', 'hooks.internal'],
  ['https://hooks.internal/', 'hooks.internal:443'],
  ['http://hooks.internal:8080/', 'hooks.internal:8080'],
  ['http://[fd00::7]:8080/', '[fd00::7]:8080'],
])('%s may be called where %s is allowed', async (url, allowed) => {
  expect(await destinationOf(new URL(url), [allowed], leadingTo(METADATA))).toEqual([METADATA])
})

test.each([
  ['http://hooks.internal:8080/', 'hooks.internal'],
  ['http://hooks.internal:8080/', 'hooks.internal:80'],
  ['http://hooks.internal.example.com/', 'hooks.internal'],
  ['http://hooks.internal@evil.example.com/', 'hooks.internal'],
])('%s may not, though %s is allowed', async (url, allowed) => {
  await expect(destinationOf(new URL(url), [allowed], leadingTo(PUBLIC))).rejects.toMatchObject({ code: 'forbidden' })
})

test.each([
  '',
  'hooks.example.com',
  'ftp://hooks.example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://',
])('%s is no address of a webhook', (text) => {
  expect(() => checkedUrl(text)).toThrow(/must look like https/)
})

test('an address with a password is refused, and the refusal does not repeat it', () => {
  expect(() => checkedUrl('https://ana:hunter2@hooks.example.com/')).toThrow(/^(?!.*hunter2).*no password/)
})

import { expect, test } from 'vitest'
import { requestOf } from '../../src/client/request.ts'

const SERVER = 'https://poolkeeper.example.com/tools/'

test('what an operation takes goes where its route has it: path, query, headers, body', () => {
  const body = { priority: 'nightly' }
  const {
    method,
    url,
    headers,
    body: sent,
  } = requestOf(SERVER, 'requestRun', {
    ...{ name: 'Kunden/Ä ?', idempotencyKey: 'one', body },
  })
  expect([method, url.href]).toEqual([
    'POST',
    'https://poolkeeper.example.com/tools/api/v1/dataflows/Kunden%2F%C3%84%20%3F/runs',
  ])
  expect(headers).toEqual({ 'Content-Type': 'application/json', 'Idempotency-Key': 'one' })
  expect(JSON.parse(sent ?? '')).toEqual(body)
})

test('a list is repeated in the query, and what was not said is left out', () => {
  const { url, body } = requestOf(SERVER, 'listDataflows', { state: ['failed', 'held'], limit: 5, cursor: undefined })
  expect([url.search, body]).toEqual(['?state=failed&state=held&limit=5', undefined])
})

test.each(['', '.', '..'])('a name "%s" makes no other address of the path', (name) => {
  expect(() => requestOf(SERVER, 'showDataflow', { name })).toThrow(`There is no name "${name}".`)
})

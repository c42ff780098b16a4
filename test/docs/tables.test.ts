import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withReference } from '../../scripts/tablesReference.ts'

const PAGE = readFileSync(new URL('../../docs/tables.md', import.meta.url), 'utf8')

test('the page about the tables says what the catalogue says; if not: npm run docs:tables', () => {
  expect(PAGE).toBe(withReference(PAGE))
})

test('a page without the mark is not written over', () => {
  expect(() => withReference('# The tables\n')).toThrow(RangeError)
})

import { expect, test } from 'vitest'
import { mask } from '../../src/cognito/mask.ts'

test.each([
  ['an e-mail address', 'ada@example.com', 'a***@example.com'],
  ['one whose local part is a single character', 'a@example.com', '***@example.com'],
  ['one in other letters', 'жук@пример.рф', 'ж***@пример.рф'],
  ['one that begins with an emoji', '😀ada@example.com', '😀***@example.com'],
  ['a phone number', '+4915112345634', '+49***34'],
  ['one with spaces and brackets', '+49 (151) 123-34', '+49***34'],
  ['one so short that five characters are most of it', '+4915134', '+***'],
  ['a name', 'Ada Lovelace', 'A***'],
  ['a text of three characters', 'Ada', 'A***'],
  ['a text of two', 'de', 'd***'],
  ['a single character', 'f', '***'],
  ['a single character of two code units', '😀', '***'],
  ['an empty text', '', '***'],
  ['a birthdate, which is no phone number', '1990-12-31', '1***'],
  ['digits without a plus', '491511234', '4***'],
  ['a handle, all of which is behind the @', '@ada', '@***'],
  ['what ends in an @', 'ada@', 'a***'],
  ['a text with several', 'ada@home@example.com', 'a***'],
  ['a web address with a handle', 'https://medium.example/@ada', 'h***'],
  ['an address within a text', 'Ada <ada@example.com>', 'A***'],
  ['several lines', 'Main St. 1\nSpringfield', 'M***'],
])('of %s', (_, text, masked) => {
  expect(mask(text)).toBe(masked)
})

test('what Postgres cannot hold comes out as what it can', () => {
  expect(mask('\ud83d half a pair')).toBe('\ufffd***')
  expect(mask('\0ada@example.com')).toBe('\ufffd***@example.com')
})

test('texts that begin and end alike look alike, however long they are', () => {
  expect(mask('bo')).toBe(mask('bartholomew'))
  expect(mask('+4915112345634')).toBe(mask('+49300000034'))
})

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const DASHBOARD = fileURLToPath(new URL('../../dashboard/', import.meta.url))

/** What the Content-Security-Policy of our pages blocks, or what makes code or HTML of text. */
const BANNED: readonly [what: string, pattern: RegExp][] = [
  ['a handler of htmx that is code', /hx-on\b/],
  ['values of htmx that are code', /['"]js:|javascript:/],
  ['a filter of a trigger', /hx-trigger['"]?[=:] *['"{`][^'"`]*\[/],
  ['an inline style', /\sstyle=/],
  ['an inline handler', /\son[a-z]+=["{]/],
  ['HTML that is not escaped', /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|outerHTML/],
  ['code made of text', /\beval\(|new Function\(/],
]

const sources = readdirSync(DASHBOARD, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(tsx|js)$/.test(path))

test('the sources are found', () => {
  expect(sources).toContain('pages/layout.tsx')
  expect(sources).toContain('scripts/live.js')
})

test.each(BANNED)('no page has %s', (_what, pattern) => {
  const found = sources.filter((path) => pattern.test(withoutComments(readFileSync(DASHBOARD + path, 'utf8'))))
  expect(found).toEqual([])
})

test.each([
  '<a hx-on:click="x()">',
  `<a hx-vals="js:{a: 1}">`,
  `<a hx-trigger="click[ctrlKey]">`,
  '<p style="color: red">',
  '<p onclick="x()">',
  '<p dangerouslySetInnerHTML={{}}>',
  'eval(text)',
])('%s would be found', (text) => {
  expect(BANNED.some(([, pattern]) => pattern.test(text))).toBe(true)
})

/** They tell of what is banned. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

import type { Visitor } from '../visitor.ts'

/** The words of a page as they stand in it, escaped, with one space between them. */
export const wordsOf = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

/** What a person reads on a page. */
export const textOf = (html: string) => unescaped(wordsOf(html)).trim()

interface Filled {
  readonly status: number
  /** Where the browser is sent; empty where a page is shown. */
  readonly goTo: string
  readonly html: string
}

/**
 * Sends the form of a page as a browser does: with what stands in it, but for these fields.
 * @param page the page, where it was loaded earlier
 */
export async function fill(
  visit: Visitor,
  path: string,
  fields: Readonly<Record<string, string | readonly string[]>>,
  page?: string,
): Promise<Filled> {
  const body = standing(page ?? (await (await visit(path)).text()))
  for (const [name, value] of Object.entries(fields)) {
    body.delete(name)
    for (const one of [value].flat()) body.append(name, one)
  }
  const response = await visit(path, { method: 'POST', body })
  return { status: response.status, goTo: response.headers.get('location') ?? '', html: await response.text() }
}

/** What stands in the fields of a page. */
function standing(html: string): URLSearchParams {
  const body = new URLSearchParams()
  const main = html.slice(html.indexOf('<main'))
  for (const [, input = ''] of main.matchAll(/<input ([^>]*)>/g)) {
    const { name, type = 'text', value } = attributesOf(input)
    const isBox = ['checkbox', 'radio'].includes(type)
    if (!name || name === 'csrf' || (isBox && !/\bchecked\b/.test(input))) continue
    body.append(name, value ?? (isBox ? 'on' : ''))
  }
  for (const [, name = '', options = ''] of main.matchAll(/<select [^>]*?\bname="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    const chosen = /<option [^>]*\bselected[^>]*>/.exec(options) ?? /<option [^>]*>/.exec(options)
    body.append(name, attributesOf(chosen?.[0] ?? '').value ?? '')
  }
  for (const [, name = '', text = ''] of main.matchAll(/<textarea [^>]*?\bname="([^"]*)"[^>]*>(.*?)<\/textarea>/gs)) {
    body.append(name, unescaped(text))
  }
  return body
}

function attributesOf(tag: string): Record<string, string | undefined> {
  const found = [...tag.matchAll(/([\w-]+)="([^"]*)"/g)]
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unescaped(value)]))
}

const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')

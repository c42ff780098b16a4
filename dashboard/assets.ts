import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, Router } from 'express'

/** A file that pages load, by an address that changes with its content: browsers keep it for good. */
interface Asset {
  readonly address: string
  readonly type: string
  readonly content: string
}

const FOREVER = 'public, max-age=31536000, immutable'

const IMAGES = fileURLToPath(new URL('./assets', import.meta.url))

/** All stylesheets, as one; so are our own scripts. Within each, files come by name, and none depends on another. */
export const STYLE = asset('dashboard.css', 'text/css', together('./styles/', 'css'))
export const SCRIPT = asset('dashboard.js', 'text/javascript', together('./scripts/', 'js'))
export const HTMX = asset(
  'htmx.js',
  'text/javascript',
  readFileSync(new URL(import.meta.resolve('htmx.org/dist/htmx.min.js')), 'utf8'),
)

function together(folder: string, extension: string): string {
  const url = new URL(folder, import.meta.url)
  const names = readdirSync(url)
    .filter((name) => name.endsWith(`.${extension}`))
    .sort()
  return names.map((name) => readFileSync(new URL(name, url), 'utf8')).join('\n')
}

function asset(name: string, type: string, content: string): Asset {
  const version = createHash('sha256').update(content).digest('base64url').slice(0, 10)
  return { address: `/assets/${version}/${name}`, type, content }
}

/** Everything that pages load. */
export function assets(): RequestHandler {
  const router = Router()
  for (const { address, type, content } of [STYLE, SCRIPT, HTMX]) {
    router.get(address, (_request, response) => {
      response.set('Cache-Control', FOREVER).type(type).send(content)
    })
  }
  return router.use('/assets', express.static(IMAGES, { index: false, fallthrough: false }))
}

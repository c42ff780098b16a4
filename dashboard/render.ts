import type { Response } from 'express'
import type { VNode } from 'preact'
import { render } from 'preact-render-to-string'

/** Answers with a page. Text and attribute values are escaped by the renderer. */
export function sendPage(response: Response, page: VNode, status = 200): void {
  response
    .status(status)
    .type('html')
    .send(`<!doctype html>${render(page)}`)
}

/** Answers with a piece of one. */
export function sendPart(response: Response, part: VNode): void {
  response.type('html').send(render(part))
}

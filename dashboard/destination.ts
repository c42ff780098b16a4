import type { Request } from 'express'

/**
 * Where a browser is going to put the answer: `document` is a window, `iframe` a page within a page. Undefined for what is no
 * browser, and for one that comes over plain HTTP from another machine.
 */
export const destinationOf = (request: Request) => request.get('Sec-Fetch-Dest')

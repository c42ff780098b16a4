import type { Request, RequestHandler, Response } from 'express'
import type { VNode } from 'preact'
import type { Caller } from '../src/access/caller.ts'
import type { Call, Output } from '../src/api/contract.ts'
import type { TextFile } from '../src/api/operation.ts'
import type { OperationName } from '../src/api/routes.ts'
import type { AskError } from '../src/errors.ts'
import { perform } from '../src/operations/perform.ts'
import { sendText } from './api/streams.ts'
import { callerOf } from './caller.ts'
import { leaveNotice } from './notice.ts'
import { refusalOf } from './problem.ts'
import { sendPage, sendPart } from './render.ts'
import type { Services } from './services.ts'
import { type Surroundings, surroundings } from './surroundings.ts'
import type { Typed } from './typed.ts'
import { whileWaitedFor } from './waitedFor.ts'
import { formOf } from './wanted.ts'

/** Somebody at a page: who they are, what they sent, and what they may do. */
export interface Visit {
  readonly services: Services
  readonly caller: Caller
  readonly around: Surroundings
  /** Parts of the path, by name. */
  readonly params: Readonly<Record<string, string>>
  /** What stands behind the `?`: whatever somebody wrote there. */
  readonly query: Request['query']
  /** The fields of the form that was sent. */
  readonly form: Typed
  /** Does an operation of the API's for them. */
  perform<Name extends OperationName>(name: Name, call: Call<Name>): Promise<Output<Name>>
}

/** Where a change leads to, and what the page there says of it. */
export interface Done {
  readonly goTo: string
  readonly notice?: string
}

/** A change that is answered with a page at once: a secret that is shown once may stand neither in an address nor in a cookie. */
export interface Shown {
  readonly show: VNode
}

/** Answers with a page. */
export function page(services: Services, show: (visit: Visit) => Promise<VNode>): RequestHandler {
  return async (request, response) => sendPage(response, await show(await visitOf(services, request, response)))
}

/** Answers with a piece of a page, asked for while somebody types or once the page is there. */
export function part(services: Services, show: (visit: Visit) => Promise<VNode>): RequestHandler {
  return async (request, response) => sendPart(response, await show(await visitOf(services, request, response)))
}

/**
 * Makes a change that a form asks for, then sends the browser on, so that loading the page again repeats nothing.
 * @param again the form with everything that was typed, for what can't be done as asked; without it the page that the form
 *   stands on says so
 */
export function change(
  services: Services,
  make: (visit: Visit) => Promise<Done | Shown>,
  again?: (visit: Visit, problem: AskError) => Promise<VNode>,
): RequestHandler {
  return async (request, response) => {
    const visit = await visitOf(services, request, response)
    try {
      const done = await make(visit)
      if ('show' in done) return sendPage(response, done.show)
      const { goTo, notice } = done
      if (notice) leaveNotice(request, response, { tone: 'good', text: notice })
      response.redirect(303, goTo)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      if (again) return sendPage(response, await again(visit, refusal), 422)
      leaveNotice(request, response, { tone: 'bad', text: refusal.description })
      response.redirect(303, formOf(request))
    }
  }
}

/** Answers with a file, as it is read. What can't be read as asked is said on the page that the form stands on. */
export function download(services: Services, read: (visit: Visit) => Promise<TextFile>): RequestHandler {
  return async (request, response) => {
    const signal = services.streams.open(request, response)
    try {
      await sendText(response, await read(await visitOf(services, request, response)), signal)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal || response.headersSent) throw error
      leaveNotice(request, response, { tone: 'bad', text: refusal.description })
      response.redirect(303, formOf(request))
    }
  }
}

async function visitOf(services: Services, request: Request, response: Response): Promise<Visit> {
  const { db, redis, keys, cognitoEndpoint, readersUrl } = services
  const caller = callerOf(response)
  const context = { db, redis, keys, cognitoEndpoint, readersUrl, caller, signal: whileWaitedFor(response) }
  return {
    services,
    caller,
    around: await surroundings(services, request, response),
    params: request.params as Record<string, string>,
    query: request.query,
    form: request.body ?? {},
    perform: (name, call) => perform(context, name, call),
  }
}

import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, page, part } from '../../visit.ts'
import { showNext } from '../dataflowForm/showNext.tsx'
import { answer, FORM_STEPS, type FormStep, showStep } from './answer.tsx'
import { chooseConnector, showConnectors } from './choose.tsx'
import { connect, showConnection } from './connect.tsx'
import { begin, discard, review, save } from './finish.tsx'
import { checkName, showNew } from './new.tsx'

/** The wizard: an address for each step, what was answered on the server. */
export function draftRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/dataflows/new', handlers: page(services, (visit) => showNew(visit)) },
    { method: 'post', path: '/dataflows/new', handlers: change(services, begin, showNew) },
    { method: 'get', path: '/dataflows/new/check', handlers: checkName(services) },
    ...FORM_STEPS.flatMap((step) => formStep(services, step)),
    { method: 'get', path: '/drafts/:id/connector', handlers: page(services, showConnectors) },
    { method: 'post', path: '/drafts/:id/connector', handlers: change(services, chooseConnector) },
    { method: 'get', path: '/drafts/:id/connection', handlers: page(services, (visit) => showConnection(visit)) },
    { method: 'post', path: '/drafts/:id/connection', handlers: change(services, connect, showConnection) },
    { method: 'get', path: '/drafts/:id/review', handlers: page(services, (visit) => review(visit)) },
    { method: 'post', path: '/drafts/:id/review', handlers: change(services, save, review) },
    { method: 'post', path: '/drafts/:id/discard', handlers: change(services, discard) },
    { method: 'get', path: '/schedule/next', handlers: part(services, showNext) },
  ]
}

function formStep(services: Services, step: FormStep): Route[] {
  const path = `/drafts/:id/${step}`
  return [
    { method: 'get', path, handlers: page(services, (visit) => showStep(step, visit)) },
    {
      method: 'post',
      path,
      handlers: change(
        services,
        (visit) => answer(step, visit),
        (visit, problem) => showStep(step, visit, problem),
      ),
    },
  ]
}

import type { RequestHandler } from 'express'
import { onlyWithRedis } from '../../bullBoard/board.ts'
import { destinationOf } from '../../destination.ts'
import { onlyFor } from '../../guard.ts'
import { framingHeaders } from '../../headers.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { SEE_QUEUES } from '../../surroundings.ts'
import { page } from '../../visit.ts'
import { QueuesPage } from './queues.tsx'

/** What is asked for as a window; everything else of these addresses is Bull Board's own. */
export function queuesRoutes(services: Services): readonly Route[] {
  const show = page(services, async ({ around }) => <QueuesPage around={around} />)
  return [
    {
      method: 'get',
      path: '/queues{/*page}',
      handlers: [onlyFor(SEE_QUEUES), onlyWindows, framingHeaders, onlyWithRedis(services.redis), show],
    },
  ]
}

const onlyWindows: RequestHandler = (request, _response, next) => {
  if (destinationOf(request) === 'document') next()
  else next('route')
}

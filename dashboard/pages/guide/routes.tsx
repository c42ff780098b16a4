import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page } from '../../visit.ts'
import { GuidePage } from './guidePage.tsx'

/** The setup guide. */
export function guideRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/guide', handlers: page(services, async ({ around }) => <GuidePage around={around} />) },
  ]
}

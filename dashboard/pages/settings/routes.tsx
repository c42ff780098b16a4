import type { RequestHandler } from 'express'
import { callerOf } from '../../caller.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page } from '../../visit.ts'
import { AboutPage } from './about.tsx'
import { auditRoutes } from './auditRoutes.tsx'
import { seesSettings } from './settings.tsx'
import { tokenRoutes } from './tokenRoutes.tsx'
import { webhookRoutes } from './webhookRoutes.tsx'

/** Settings: who may do what, who did, who is told, and what runs here. */
export function settingsRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/settings', handlers: openFirst },
    ...tokenRoutes(services),
    ...auditRoutes(services),
    ...webhookRoutes(services),
    {
      method: 'get',
      path: '/settings/about',
      handlers: page(services, async ({ around, perform }) => {
        const [about, caller] = await Promise.all([perform('showAbout', {}), perform('whoAmI', {})])
        return <AboutPage about={about} caller={caller} around={around} />
      }),
    },
  ]
}

/** The first section that somebody may see. */
const openFirst: RequestHandler = (_request, response) => {
  const { role, dataflows } = callerOf(response)
  const first = seesSettings({ role, limited: dataflows !== null }) ? 'tokens' : 'about'
  response.redirect(303, `/settings/${first}`)
}

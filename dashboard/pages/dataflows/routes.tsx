import { wordIn } from '../../query.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { page, type Visit } from '../../visit.ts'
import { actionRoutes } from './actions.ts'
import { ListPage } from './listPage.tsx'
import { callOf, viewIn } from './view.ts'

/** The list of dataflows, and what its menus do. */
export function dataflowsRoutes(services: Services): readonly Route[] {
  return [{ method: 'get', path: '/', handlers: page(services, showList) }, ...actionRoutes(services)]
}

async function showList({ query, around, perform }: Visit) {
  const view = viewIn(query)
  const cursor = wordIn(query, 'cursor')
  const listed = await perform('listDataflows', { ...callOf(view), ...(cursor && { cursor }) })
  return <ListPage view={view} listed={listed} later={cursor !== ''} around={around} />
}

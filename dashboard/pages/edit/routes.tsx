import type { VNode } from 'preact'
import type { AskError } from '../../../src/errors.ts'
import { onlyFor } from '../../guard.ts'
import { Permissions } from '../../parts/permissions.tsx'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { change, type Done, page, part, type Visit } from '../../visit.ts'
import { changesIn, offersFor, seenIn } from './changes.ts'
import { EditPage } from './editPage.tsx'
import { meetingOf } from './meeting.ts'
import { typedFrom } from './settings.ts'

/** Changing a dataflow. */
export function editRoutes(services: Services): readonly Route[] {
  const path = '/dataflows/:name/edit'
  const admin = onlyFor({ role: 'admin' })
  return [
    { method: 'get', path, handlers: [admin, page(services, (visit) => show(visit))] },
    { method: 'post', path, handlers: [admin, change(services, save, show)] },
    { method: 'get', path: `${path}/permissions`, handlers: [admin, part(services, showPermissions)] },
  ]
}

/** The form as things stand; after a problem as it was typed; on top of what somebody else has saved meanwhile. */
async function show(visit: Visit, problem?: AskError): Promise<VNode> {
  const { perform, around, form } = visit
  const dataflow = await perform('showDataflow', { name: nameIn(visit) })
  const offers = await offersFor(visit, dataflow)
  const { trust } = await perform('showPolicy', { name: dataflow.name })
  const same = { dataflow, offers, trust, around }
  if (problem?.code === 'changed-meanwhile') {
    const { typed, meanwhile } = await meetingOf(visit, dataflow, offers)
    return <EditPage {...same} typed={typed} meanwhile={meanwhile} problem={undefined} />
  }
  return <EditPage {...same} typed={problem ? form : typedFrom(dataflow)} problem={problem} meanwhile={undefined} />
}

async function save(visit: Visit): Promise<Done> {
  const { perform } = visit
  const dataflow = await perform('showDataflow', { name: nameIn(visit) })
  const { name } = dataflow
  const body = changesIn(visit, dataflow, await offersFor(visit, dataflow))
  if (Object.keys(body).length === 0) return { goTo: `/dataflows/${name}`, notice: `Nothing of ${name} was changed.` }
  await perform('editDataflow', { name, ifMatch: seenIn(visit), body })
  return { goTo: `/dataflows/${name}`, notice: `${name} is saved. A run under way goes on as it was planned.` }
}

async function showPermissions(visit: Visit): Promise<VNode> {
  const name = nameIn(visit)
  const { tables } = await visit.perform('showDataflow', { name })
  const { checks } = await visit.perform('testConnection', { name })
  return <Permissions checks={checks} wanted={tables.map(({ source }) => source)} />
}

const nameIn = ({ params }: Visit) => params.name ?? ''

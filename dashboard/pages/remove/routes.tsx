import type { VNode } from 'preact'
import { AskError } from '../../../src/errors.ts'
import { onlyFor } from '../../guard.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { textIn } from '../../typed.ts'
import { change, type Done, page, type Visit } from '../../visit.ts'
import { RemovePage } from './removePage.tsx'

/** Removing a dataflow. */
export function removeRoutes(services: Services): readonly Route[] {
  const path = '/dataflows/:name/remove'
  const admin = onlyFor({ role: 'admin' })
  return [
    { method: 'get', path, handlers: [admin, page(services, (visit) => show(visit))] },
    { method: 'post', path, handlers: [admin, change(services, remove, show)] },
  ]
}

async function show({ perform, params, form, around }: Visit, problem?: AskError): Promise<VNode> {
  const dataflow = await perform('showDataflow', { name: params.name ?? '' })
  const { name, schema } = dataflow
  const [{ tables }, snapshots, readers] = await Promise.all([
    perform('showDatabase', { schema }),
    perform('listSnapshots', { name }),
    perform('listReaders', { schema }),
  ])
  const goes = { tables, snapshots: snapshots.items, readers: readers.items }
  return <RemovePage dataflow={dataflow} goes={goes} typed={form} problem={problem} around={around} />
}

async function remove({ perform, params, form }: Visit): Promise<Done> {
  const { name } = await perform('showDataflow', { name: params.name ?? '' })
  if (textIn(form, 'confirm').trim() !== name) {
    const message = `That is not its name. Type ${name} to remove it.`
    throw new AskError('bad-input', message, '', { problems: [{ field: 'confirm', message }] })
  }
  await perform('removeDataflow', { name, ifMatch: `"${textIn(form, 'version')}"` })
  return { goTo: '/', notice: `${name} is gone, with its tables, snapshots and credentials. Its history stays.` }
}

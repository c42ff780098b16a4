import type { VNode } from 'preact'
import { textIn } from '../../typed.ts'
import type { Done, Visit } from '../../visit.ts'
import { draftOf, seen } from './answer.tsx'
import { ConnectorPage } from './connectorPage.tsx'
import { addressOf } from './steps.ts'

/** The connectors, or those that fit what is looked for. */
export async function showConnectors(visit: Visit): Promise<VNode> {
  const draft = await draftOf(visit)
  const { items } = await visit.perform('listConnectors', {})
  const { category, search } = visit.query
  return (
    <ConnectorPage
      draft={draft}
      connectors={items}
      category={typeof category === 'string' ? category : ''}
      search={typeof search === 'string' ? search : ''}
      around={visit.around}
    />
  )
}

/** Takes the connector that was chosen. Whatever it says is checked where it is taken. */
export async function chooseConnector(visit: Visit): Promise<Done> {
  const connector = textIn(visit.form, 'connector') as 'aws-cognito'
  const draft = await visit.perform('editDraft', {
    draft: visit.params.id ?? '',
    ifMatch: seen(visit),
    body: { connector },
  })
  return { goTo: addressOf(draft, 'details') }
}

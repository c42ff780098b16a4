import type { Output } from '../../../src/api/contract.ts'
import { ChangeForm } from '../../parts/changeForm.tsx'
import { Choice } from '../../parts/choice.tsx'
import { ConnectorSymbol } from '../../parts/connectorSymbol.tsx'
import { Empty } from '../../parts/empty.tsx'
import type { Surroundings } from '../../surroundings.ts'
import { addressOf, type Draft } from './steps.ts'
import { Wizard } from './wizard.tsx'

type Connector = Output<'listConnectors'>['items'][number]

interface ConnectorPageProps {
  readonly draft: Draft
  readonly connectors: readonly Connector[]
  readonly category: string
  readonly search: string
  readonly around: Surroundings
}

/** What a dataflow reads: one of the catalogue's connectors. */
export function ConnectorPage({ draft, connectors, category, search, around }: ConnectorPageProps) {
  const categories = [...new Set(connectors.map((connector) => connector.category))]
  const own = addressOf(draft, 'connector')
  const shown = connectors.filter((connector) => fits(connector, category, search))
  return (
    <Wizard step="connector" draft={draft} problem={undefined} around={around}>
      <div class="connector-filter">
        <Choice
          label="Categories"
          options={['', ...categories].map((name) => ({
            name: name || 'All categories',
            href: `${own}?${new URLSearchParams({ ...(name && { category: name }), ...(search && { search }) })}`,
            chosen: name === category,
          }))}
        />
        <form method="get" action={own} class="field">
          {category && <input type="hidden" name="category" value={category} />}
          <label class="heard" for="search">
            Search
          </label>
          <input type="search" id="search" name="search" value={search} placeholder="Search" />
          <button type="submit">Search</button>
        </form>
      </div>
      {shown.length === 0 && (
        <Empty>
          No connector matches “{search || category}”. <a href={own}>Show all</a>
        </Empty>
      )}
      <ul class="connectors">
        {shown.map((connector) => (
          <li key={connector.id}>
            <Card connector={connector} draft={draft} around={around} />
          </li>
        ))}
      </ul>
      <div class="actions">
        <a class="button" href={addressOf(draft, 'name')}>
          Back
        </a>
      </div>
    </Wizard>
  )
}

function fits(connector: Connector, category: string, search: string): boolean {
  const words = `${connector.name} ${connector.description}`.toLowerCase()
  return (category === '' || connector.category === category) && words.includes(search.trim().toLowerCase())
}

interface CardProps {
  readonly connector: Connector
  readonly draft: Draft
  readonly around: Surroundings
}

function Card({ connector: { id, name, category, description }, draft, around }: CardProps) {
  return (
    <ChangeForm action={addressOf(draft, 'connector')} csrf={around.csrf}>
      <input type="hidden" name="version" value={String(draft.version)} />
      <input type="hidden" name="connector" value={id} />
      <button type="submit" class="connector" aria-describedby={`about-${id}`}>
        <ConnectorSymbol id={id} />
        <strong>{name}</strong>
        <small>{category}</small>
        <span id={`about-${id}`}>{description}</span>
      </button>
    </ChangeForm>
  )
}

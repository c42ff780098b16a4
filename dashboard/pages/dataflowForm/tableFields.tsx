import { Fragment } from 'preact'
import type { AskError } from '../../../src/errors.ts'
import { Prose } from '../../parts/prose.tsx'
import { counted, duration, grouped } from '../../parts/text.ts'
import { allIn, type Typed, textIn } from '../../typed.ts'
import { ColumnFields } from './columnFields.tsx'
import type { Offer } from './offer.ts'
import { PURPOSES } from './tables.ts'

interface TableFieldsProps {
  readonly typed: Typed
  readonly problem: AskError | undefined
  readonly offers: readonly Offer[]
  /** Of the views: the dataflow's name in small letters. */
  readonly schema: string
}

/** Every table of a connector: whether it is imported, what for, and what is done to its columns. */
export function TableFields({ typed, problem, offers, schema }: TableFieldsProps) {
  const problems = (problem?.problems ?? []).filter(({ field }) => field.startsWith('tables'))
  const parts = { typed, problem, schema }
  return (
    <div id="tables">
      {problems.map(({ message }) => (
        <p key={message} class="problem">
          {message}
        </p>
      ))}
      <p class="bulk" hidden data-bulk="table">
        <label>
          <input type="checkbox" data-chooses="table" /> All tables
        </label>
        <label>
          Purpose of those chosen{' '}
          <select data-sets="purpose">
            <option value="">as they are</option>
            <Purposes />
          </select>
        </label>
      </p>
      <Tables {...parts} offers={offers.filter(({ cost }) => !cost)} caption="Tables" />
      <Tables
        {...parts}
        offers={offers.filter(({ cost }) => cost)}
        caption="Opt-in tables: Cognito is asked for each user by itself, as far as a budget goes"
      />
      <Acceptance typed={typed} problem={problem} />
      <dl class="purposes">
        {PURPOSES.map(({ value, about }) => (
          <Fragment key={value}>
            <dt>{value}</dt>
            <dd>{about}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  )
}

function Tables({ offers, caption, ...parts }: TableFieldsProps & { readonly caption: string }) {
  return (
    <table class="cards choices">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">File Name</th>
          <th scope="col">Purpose</th>
          <th scope="col">Table Name</th>
          {offers.some(({ found }) => found) && <FoundHeads />}
        </tr>
      </thead>
      <tbody>
        {offers.map((offer) => (
          <Fragment key={offer.source}>
            <Row offer={offer} {...parts} />
            <More offer={offer} {...parts} />
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

type RowProps = Omit<TableFieldsProps, 'offers'> & { readonly offer: Offer }

function Row({ offer, typed, schema }: RowProps) {
  const { source, about, found } = offer
  return (
    <tr>
      <th scope="row">
        <label class="tick">
          <input type="checkbox" name="table" value={source} checked={allIn(typed, 'table').includes(source)} />
          <span>
            {source}
            <small>{about}</small>
          </span>
        </label>
      </th>
      <td data-label="Purpose">
        <select name={`purpose.${source}`} aria-label={`Purpose of ${source}`}>
          <Purposes chosen={textIn(typed, `purpose.${source}`)} />
        </select>
      </td>
      <td data-label="Table Name">
        <span>
          {schema}.{source}
        </span>
      </td>
      {found && <FoundCells found={found} />}
    </tr>
  )
}

/** How much there is, where the pool was asked. */
function FoundHeads() {
  return (
    <>
      <th scope="col" class="number">
        Rows
      </th>
      <th scope="col" class="number">
        Requests a run
      </th>
    </>
  )
}

function FoundCells({ found }: { readonly found: Found }) {
  return (
    <>
      <td data-label="Rows" class="number">
        {rowsOf(found)}
      </td>
      <td data-label="Requests" class="number">
        {grouped(found.requests)}
        {found.requests > 0 && <small>{duration(secondsOf(found))} at least</small>}
      </td>
    </>
  )
}

function Purposes({ chosen }: { readonly chosen?: string }) {
  return (
    <>
      {PURPOSES.map(({ value }) => (
        <option key={value} value={value} selected={value === chosen}>
          {value}
        </option>
      ))}
    </>
  )
}

type Found = NonNullable<Offer['found']>

function rowsOf(found: Found): string {
  if (found.refused.length > 0) return 'may not be read'
  if (found.rows === null) return 'known once read'
  return found.counted === 'exactly' ? grouped(found.rows) : `${found.counted} ${grouped(found.rows)}`
}

const secondsOf = ({ quotas }: Found) => Math.max(...quotas.map(({ seconds }) => seconds))

/** What there is to say and to set beyond the row itself. */
function More({ offer, typed }: RowProps) {
  const { source, columns, cost, found } = offer
  const treated = columns.filter(({ name }) => !['', 'keep'].includes(textIn(typed, `treat.${source}.${name}`)))
  return (
    <tr class="more">
      <td colSpan={5}>
        {found?.refused.map((refusal) => (
          <p key={refusal} class="problem">
            <Prose text={refusal} />
          </p>
        ))}
        {cost && <Budget source={source} cost={cost} typed={typed} />}
        <details>
          <summary>
            {counted(columns.length, 'column')}
            {treated.length > 0 && `, ${grouped(treated.length)} treated`}
          </summary>
          <ColumnFields source={source} columns={columns} typed={typed} />
        </details>
      </td>
    </tr>
  )
}

/** As `optInCost` has it when nobody says otherwise. */
const USUAL_BUDGET = '10000'

function Budget({ source, cost, typed }: { readonly source: string; readonly cost: string; readonly typed: Typed }) {
  return (
    <>
      <p class="quiet">{cost}</p>
      <label class="inline">
        Requests a run, at most{' '}
        <input
          type="number"
          min="1"
          name={`budget.${source}`}
          value={textIn(typed, `budget.${source}`)}
          placeholder={USUAL_BUDGET}
        />
      </label>
    </>
  )
}

function Acceptance({ typed, problem }: Pick<TableFieldsProps, 'typed' | 'problem'>) {
  const own = problem?.problems.find(({ field }) => field === 'acceptCosts')
  return (
    <>
      <label class="tick">
        <input
          type="checkbox"
          id="acceptCosts"
          name="acceptCosts"
          checked={textIn(typed, 'acceptCosts') === 'on'}
          aria-invalid={own ? true : undefined}
          aria-describedby={own && 'acceptCosts-problem'}
        />
        I know what the opt-in tables that I chose cost
      </label>
      {own && (
        <p id="acceptCosts-problem" class="problem">
          {own.message}
        </p>
      )}
    </>
  )
}

import type { AskError } from '../../../src/errors.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { linesIn, textIn } from '../../typed.ts'
import { change, page, type Visit } from '../../visit.ts'
import { NewTokenPage, type TypedToken } from './newToken.tsx'
import { TokenMadePage, TokensPage } from './tokens.tsx'

export function tokenRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/settings/tokens', handlers: page(services, showTokens) },
    { method: 'get', path: '/settings/tokens/new', handlers: page(services, showForm) },
    { method: 'post', path: '/settings/tokens/new', handlers: change(services, makeToken, showFormAgain) },
    { method: 'post', path: '/settings/tokens/:token/revoke', handlers: change(services, revokeToken) },
  ]
}

async function showTokens({ around, perform }: Visit) {
  const { items } = await perform('listTokens', {})
  return <TokensPage tokens={items} around={around} />
}

const NOTHING_TYPED: TypedToken = { name: '', role: 'viewer', personal: false, dataflows: '', days: '' }

async function showForm({ around, perform }: Visit) {
  // whoever may not make one is told before they have typed anything
  await perform('listTokens', {})
  return <NewTokenPage typed={NOTHING_TYPED} around={around} />
}

async function showFormAgain(visit: Visit, problem: AskError) {
  return <NewTokenPage typed={typedIn(visit)} problem={problem} around={visit.around} />
}

async function makeToken(visit: Visit) {
  const { around, form, perform } = visit
  const { name, role, personal, days } = typedIn(visit)
  const dataflows = linesIn(form, 'dataflows')
  const body = {
    name,
    role,
    personal,
    ...(dataflows.length > 0 && { dataflows }),
    expiresAt: endAfter(days, around.now),
  }
  const token = await perform('createToken', { body })
  return { show: <TokenMadePage token={token} around={around} /> }
}

async function revokeToken({ params, perform }: Visit) {
  const { name } = await perform('revokeToken', { token: params.token ?? '' })
  return { goTo: '/settings/tokens', notice: `The token ${name} is revoked: it opens nothing any more.` }
}

function typedIn({ form }: Visit): TypedToken {
  return {
    name: textIn(form, 'name'),
    // a role that is none is refused by the operation
    role: textIn(form, 'role') as TypedToken['role'],
    personal: textIn(form, 'personal') !== '',
    dataflows: textIn(form, 'dataflows'),
    days: textIn(form, 'days'),
  }
}

const DAY_MS = 86_400_000

function endAfter(days: string, now: Date): string | null {
  const end = now.getTime() + Number(days) * DAY_MS
  return days === '' || Number.isNaN(end) ? null : new Date(end).toISOString()
}

import type { AskError } from '../../../src/errors.ts'
import { percent } from '../../parts/text.ts'
import type { Route } from '../../routes.ts'
import type { Services } from '../../services.ts'
import { numberIn, textIn } from '../../typed.ts'
import { change, page, type Visit } from '../../visit.ts'
import { QuotasPage, type TypedShare } from './quotas.tsx'

export function quotasRoutes(services: Services): readonly Route[] {
  return [
    { method: 'get', path: '/quotas', handlers: page(services, showQuotas) },
    { method: 'post', path: '/quotas', handlers: change(services, setShare, showQuotasAgain) },
    { method: 'post', path: '/quotas/unset', handlers: change(services, unsetShare) },
  ]
}

/** At once, without how many requests go out; the page asks for that by itself. */
async function showQuotas({ around, query, perform }: Visit) {
  const found = await perform('showQuotas', { look: query.look === 'twice' ? 'twice' : 'once' })
  return <QuotasPage found={found} typed={NOTHING_TYPED} around={around} />
}

const NOTHING_TYPED: TypedShare = { account: '*', category: '*', percent: '' }

async function showQuotasAgain(visit: Visit, problem: AskError) {
  const found = await visit.perform('showQuotas', { look: 'once' })
  return <QuotasPage found={found} typed={typedIn(visit)} problem={problem} around={visit.around} />
}

async function setShare(visit: Visit) {
  const { account, category } = typedIn(visit)
  const body = { account, category, share: numberIn(visit.form, 'share') / 100 }
  const { share } = await visit.perform('setShare', { body })
  return { goTo: '/quotas', notice: `Set to ${percent(share)}. Workers keep to it within seconds.` }
}

async function unsetShare(visit: Visit) {
  const { account, category } = typedIn(visit)
  await visit.perform('unsetShare', { account, category })
  return { goTo: '/quotas', notice: 'Taken back: what is set more widely holds again, or the default.' }
}

function typedIn({ form }: Visit): TypedShare {
  return { account: textIn(form, 'account'), category: textIn(form, 'category'), percent: textIn(form, 'share') }
}

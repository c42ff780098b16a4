import { PageHead } from '../parts/pageHead.tsx'
import { Prose } from '../parts/prose.tsx'
import type { Problem } from '../problem.ts'
import type { Surroundings } from '../surroundings.ts'
import { Layout, Notice } from './layout.tsx'

const TITLES: Readonly<Record<number, string>> = {
  403: 'Refused',
  404: 'Not found',
  405: 'Read-only',
  429: 'Too many attempts',
  500: 'That went wrong',
  503: 'Not answering',
}

interface TroubleProps {
  readonly problem: Problem
  /** What it is found by in the log. */
  readonly requestId: string
  /** The page that was looked at: to ask for it again repeats nothing. Undefined where something was sent. */
  readonly again: string | undefined
}

/** An error as a page of its own: what happened and what to do. Never what the error itself said. */
export function Trouble(trouble: TroubleProps) {
  return (
    <Notice title={titleOf(trouble)}>
      <Told {...trouble} />
    </Notice>
  )
}

/** The same for somebody who is signed in: with the menu beside it. */
export function TroubleInFrame({ around, ...trouble }: TroubleProps & { readonly around: Surroundings }) {
  const title = titleOf(trouble)
  const postgresWell = trouble.problem.cause !== 'database-unavailable'
  return (
    <Layout title={title} around={{ ...around, postgresWell }}>
      <PageHead title={title} />
      <Told {...trouble} />
    </Layout>
  )
}

const titleOf = ({ problem }: TroubleProps) => TITLES[problem.status] ?? 'Not possible'

function Told({ problem: { status, detail, remedy }, requestId, again }: TroubleProps) {
  return (
    <>
      <p class={status < 500 ? 'explained' : 'explained failed'}>
        <Prose text={[detail, remedy].filter(Boolean).join(' ')} />
      </p>
      {status === 503 && (again ? <TryAgain at={again} /> : <SendAgain />)}
      {status >= 500 && status !== 503 && (
        <p class="quiet">
          The log has it under request <code>{requestId}</code>.
        </p>
      )}
      <p>
        <a href="/">To the dataflows</a>
      </p>
    </>
  )
}

/** `scripts/retry.js` finds it. */
function TryAgain({ at }: { readonly at: string }) {
  return (
    <p data-retry>
      This page asks again by itself, and opens as soon as there is an answer. <a href={at}>Try it now</a>
    </p>
  )
}

function SendAgain() {
  return (
    <p>
      What you sent may not have been done. Look whether it was; if not, go back to the form, or load this page again to
      send it once more.
    </p>
  )
}

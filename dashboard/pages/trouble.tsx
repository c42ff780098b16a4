import { Notice } from './layout.tsx'

const TITLES: Readonly<Record<number, string>> = {
  403: 'Refused',
  404: 'Not found',
  405: 'Read-only',
  429: 'Too many attempts',
  500: 'That went wrong',
  503: 'Not answering',
}

/** An error as a page: what happened and the way back. Never what the error itself said. */
export function Trouble({ status, message }: { readonly status: number; readonly message: string }) {
  return (
    <Notice title={TITLES[status] ?? 'Not possible'}>
      <p>{message}</p>
      <p>
        <a href="/">Dataflows</a>
      </p>
    </Notice>
  )
}

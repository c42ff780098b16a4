import type { ComponentChildren } from 'preact'
import { HTMX, SCRIPT, STYLE } from '../assets.ts'
import { ChangeForm } from '../parts/changeForm.tsx'
import { FleetState } from '../parts/fleet.tsx'
import { grouped } from '../parts/text.ts'
import type { Surroundings } from '../surroundings.ts'

/** The pages' addresses. */
const MENU = [
  { name: 'Dataflows', href: '/' },
  { name: 'Runs', href: '/runs' },
  { name: 'Databases', href: '/databases' },
  { name: 'Queues', href: '/queues' },
  { name: 'Quotas', href: '/quotas' },
  { name: 'Settings', href: '/settings' },
  { name: 'API', href: '/api/docs' },
] as const

/**
 * htmx adds no style of its own and keeps no copies of pages; an error's page is never swapped into a part of one.
 * What it would need `unsafe-eval` for (`hx-on`, `js:` values, trigger filters) is banned by a test.
 */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  noSwap: [204, 304, '4xx', '5xx'],
  // what somebody has unfolded stays so in a part that looks again; the first is htmx's own
  morphIgnore: ['data-htmx-powered', 'open'],
})

/** Seconds between two looks at something that is under way, in a browser without scripts. */
const REFRESH_SECONDS = 5

interface DocumentProps {
  readonly title: string
  readonly children: ComponentChildren
  /** Whether something on it is under way, so that the page looks again by itself. */
  readonly live?: boolean
}

/** The HTML around every page. */
export function Document({ title, live = false, children }: DocumentProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        {live && (
          <noscript>
            <meta http-equiv="refresh" content={String(REFRESH_SECONDS)} />
          </noscript>
        )}
        <title>{`${title} · Poolkeeper`}</title>
        <link rel="icon" type="image/svg+xml" href="/assets/mark.svg" />
        <link rel="stylesheet" href={STYLE.address} />
        <script src={HTMX.address} defer />
        <script src={SCRIPT.address} defer />
      </head>
      <body>{children}</body>
    </html>
  )
}

interface LayoutProps extends DocumentProps {
  /** What of the menu it belongs to; left out for what belongs to nothing. */
  readonly current?: (typeof MENU)[number]['name']
  readonly around: Surroundings
}

/** A page behind the sign-in: the menu beside it, and below that who looks and whether all is well. */
export function Layout({ title, live, current, around, children }: LayoutProps) {
  const { notice } = around
  return (
    <Document title={title} live={live}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="side">
        <Brand />
        <Menu current={current} around={around} />
      </header>
      <main id="content">
        <p id="live-state" role="status">
          {notice?.tone === 'good' && <span class="explained good">{notice.text}</span>}
        </p>
        {notice?.tone === 'bad' && (
          <p class="explained failed" role="alert">
            {notice.text}
          </p>
        )}
        {children}
      </main>
      <Foot around={around} />
    </Document>
  )
}

function Menu({ current, around }: Pick<LayoutProps, 'current' | 'around'>) {
  const { seesQueues, dataflows } = around
  return (
    <nav aria-label="Main">
      {MENU.filter(({ name }) => name !== 'Queues' || seesQueues).map(({ name, href }) => (
        <a key={name} href={href} aria-current={name === current ? 'page' : undefined}>
          {name}
          {name === 'Dataflows' && dataflows !== undefined && <span class="count">{grouped(dataflows)}</span>}
        </a>
      ))}
    </nav>
  )
}

function Foot({ around }: { readonly around: Surroundings }) {
  const { name, role, csrf } = around
  return (
    <footer class="foot">
      <FleetState around={around} />
      <p class="who">
        {name} <small>{role}</small>
      </p>
      <ChangeForm action="/sign-out" csrf={csrf}>
        <button type="submit">Sign out</button>
      </ChangeForm>
    </footer>
  )
}

/** A page outside the sign-in, or about an error: one message, nothing else. */
export function Notice({ title, children }: DocumentProps) {
  return (
    <Document title={title}>
      <main class="notice">
        <Brand />
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  )
}

function Brand() {
  return (
    <a class="brand" href="/">
      <img src="/assets/mark.svg" alt="" width="16" height="16" />
      Poolkeeper
    </a>
  )
}

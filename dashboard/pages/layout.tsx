import type { ComponentChildren } from 'preact'
import type { Role } from '../../src/db/role.ts'
import { ChangeForm } from '../parts/changeForm.tsx'

/** The pages' addresses. */
const MENU = [
  { name: 'Dataflows', href: '/' },
  { name: 'Runs', href: '/runs' },
  { name: 'API', href: '/api/docs' },
] as const

/** Bull Board, a page of its own, for those who may see it. */
const QUEUES = { name: 'Queues', href: '/queues' } as const

/** Seconds between two looks at something that is under way. */
const REFRESH_SECONDS = 2

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
        {live && <meta http-equiv="refresh" content={String(REFRESH_SECONDS)} />}
        <title>{`${title} · Poolkeeper`}</title>
        <link rel="icon" type="image/svg+xml" href="/assets/mark.svg" />
        <link rel="stylesheet" href="/assets/dashboard.css" />
      </head>
      <body>{children}</body>
    </html>
  )
}

/** What every page behind the sign-in is given. */
export interface Surroundings {
  readonly now: Date
  readonly redisWell: boolean
  /** Who looks. */
  readonly name: string
  readonly role: Role
  readonly seesQueues: boolean
  /** What forms carry; undefined for who came without a session. */
  readonly csrf: string | undefined
}

interface LayoutProps extends DocumentProps {
  readonly current: (typeof MENU)[number]['name']
  readonly around: Surroundings
}

/** A page behind the sign-in: the menu beside it. */
export function Layout({ title, live, current, around, children }: LayoutProps) {
  const { redisWell, name: person, role, seesQueues, csrf } = around
  return (
    <Document title={title} live={live}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="side">
        <Brand />
        <nav aria-label="Main">
          {[...MENU, ...(seesQueues ? [QUEUES] : [])].map(({ name, href }) => (
            <a key={name} href={href} aria-current={name === current ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <footer>
          <p class={redisWell ? 'state' : 'state trouble'}>
            {redisWell ? 'Redis and Postgres well' : '! Redis is not answering'}
          </p>
          <p class="who">
            {person} <small>{role}</small>
          </p>
          <ChangeForm action="/sign-out" csrf={csrf}>
            <button type="submit">Sign out</button>
          </ChangeForm>
        </footer>
      </header>
      <main id="content">{children}</main>
    </Document>
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

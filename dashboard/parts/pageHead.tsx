import type { ComponentChildren } from 'preact'

/** A page further up, on the way to this one. */
export interface Crumb {
  readonly name: string
  readonly href: string
}

interface PageHeadProps {
  readonly title: ComponentChildren
  readonly crumbs?: readonly Crumb[]
  /** Beside the title: what may be done here. */
  readonly children?: ComponentChildren
}

/** The top of a page: the way to it, what it is, and what may be done. */
export function PageHead({ title, crumbs = [], children }: PageHeadProps) {
  return (
    <div class="head">
      <div>
        {crumbs.length > 0 && (
          <nav class="crumbs" aria-label="Way here">
            <ol>
              {crumbs.map(({ name, href }) => (
                <li key={href}>
                  <a href={href}>{name}</a>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1>{title}</h1>
      </div>
      {children && <div class="actions">{children}</div>}
    </div>
  )
}

interface StepsProps {
  readonly steps: readonly { readonly name: string; readonly href: string | undefined; readonly done: boolean }[]
  /** Where somebody is, by name. */
  readonly current: string
}

/** The way through something that takes several pages: what is done, where one is, what is to come. */
export function Steps({ steps, current }: StepsProps) {
  return (
    <nav class="steps" aria-label="Steps">
      <ol>
        {steps.map(({ name, href, done }, index) => (
          <li key={name} class={done ? 'done' : undefined}>
            <a href={href} aria-current={name === current ? 'step' : undefined}>
              <span class="mark" aria-hidden="true">
                {done && name !== current ? '✓' : index + 1}
              </span>
              {name}
              {done && <span class="heard"> (done)</span>}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly options: readonly { readonly name: string; readonly href: string; readonly chosen: boolean }[]
}

/** One of a few ways to look at a page, each with an address of its own. */
export function Choice({ label, options }: ChoiceProps) {
  return (
    <nav class="choice" aria-label={label}>
      {options.map(({ name, href, chosen }) => (
        <a key={name} href={href} aria-current={chosen ? 'true' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}

interface ConnectorSymbolProps {
  readonly id: string
}

/** The sign of a connector, drawn for this product. Its name stands beside it. */
export function ConnectorSymbol({ id }: ConnectorSymbolProps) {
  return (
    <svg class="symbol" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      {DRAWINGS[id]}
    </svg>
  )
}

/** Each in the colour of the text around it. */
const DRAWINGS: Readonly<Record<string, preact.JSX.Element>> = {
  'aws-cognito': (
    <g fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round">
      <path d="M12 2.5 20.5 7v10L12 21.5 3.5 17V7Z" />
      <circle cx="12" cy="9.6" r="2.6" />
      <path d="M7.4 17c.6-2.8 2.3-4.2 4.6-4.2s4 1.4 4.6 4.2" />
    </g>
  ),
}

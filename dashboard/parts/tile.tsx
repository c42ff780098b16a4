import type { ComponentChildren } from 'preact'

export interface TileProps {
  readonly figure: string
  readonly label: ComponentChildren
}

/** One figure of those that stand at the top of a page, in a list of class `tiles`. */
export function Tile({ figure, label }: TileProps) {
  return (
    <li>
      <strong>{figure}</strong>
      <small>{label}</small>
    </li>
  )
}

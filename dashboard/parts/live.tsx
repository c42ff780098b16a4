import type { ComponentChildren } from 'preact'
import type { Surroundings } from '../surroundings.ts'

interface LiveProps {
  /** Names it on its page. Everything inside that keeps its place has an id, so that focus and selection stay. */
  readonly id: string
  /** Whether something in it is under way. */
  readonly on: boolean
  readonly around: Pick<Surroundings, 'address'>
  readonly children: ComponentChildren
}

/**
 * A part of a page that looks again by itself while something is under way: it asks for its own page and takes itself out of
 * the answer. Forms stay outside, because nothing that somebody types may be swapped away.
 */
export function Live({ id, on, around, children }: LiveProps) {
  const looks = on && {
    'hx-get': around.address,
    'hx-trigger': 'every 2s',
    'hx-select': `#${id}`,
    'hx-swap': 'outerMorph',
  }
  return (
    <div id={id} {...looks}>
      {children}
    </div>
  )
}

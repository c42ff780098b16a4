import type { ComponentChildren } from 'preact'
import type { Surroundings } from '../surroundings.ts'
import { Action } from './action.tsx'

interface ConfirmProps {
  /** Names it on its page. */
  readonly id: string
  /** The verb: on the button that asks, and on the one that does it. */
  readonly name: string
  /** The question, with what it comes to. */
  readonly title: string
  /** What follows from it. */
  readonly children: ComponentChildren
  /** On the button that leaves everything as it is. */
  readonly otherwise: string
  readonly to: string
  readonly around: Pick<Surroundings, 'csrf'>
  readonly kind: 'main' | 'danger'
}

/** A change that is asked about before it is made. The browser's own popover, so it works without scripts; Escape leaves it. */
export function Confirm({ id, name, title, children, otherwise, to, around, kind }: ConfirmProps) {
  return (
    <>
      <button id={`${id}-open`} type="button" class={kind} popovertarget={id}>
        {name}
      </button>
      <div id={id} class="confirm" popover="auto" role="dialog" aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{children}</p>
        <div class="actions">
          <Action name={name} to={to} around={around} kind={kind} />
          <button type="button" popovertarget={id} popovertargetaction="hide" autofocus>
            {otherwise}
          </button>
        </div>
      </div>
    </>
  )
}

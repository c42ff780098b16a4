import type { ComponentChildren } from 'preact'

interface MenuProps {
  /** Names it on its page. */
  readonly id: string
  /** What it is for, to those who hear it: the button itself shows three dots. */
  readonly label: string
  /** Links, and forms with one button each. */
  readonly children: ComponentChildren
}

/** What may be done with something, behind a button. The browser's own popover: Escape and a click elsewhere close it. */
export function Menu({ id, label, children }: MenuProps) {
  return (
    <>
      <button type="button" class="dots" popovertarget={id} aria-label={label}>
        <span aria-hidden="true">⋯</span>
      </button>
      <div id={id} class="menu" popover="auto">
        {children}
      </div>
    </>
  )
}

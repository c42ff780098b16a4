import type { ComponentChildren } from 'preact'

interface SketchProps {
  /** What is to be seen, for those who don't. */
  readonly title: string
  /** Where in the console it is: `Amazon Cognito`, `IAM`. */
  readonly service: string
  /** What the menu at the left has, and what is chosen of it. */
  readonly menu: readonly string[]
  readonly current: string
  readonly children: ComponentChildren
}

const WIDTH = 480
const HEIGHT = 190

/** A page of AWS's console as far as it helps to find something: the bar above, the menu beside, what matters in the middle. */
export function Sketch({ title, service, menu, current, children }: SketchProps) {
  return (
    <svg class="sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <rect class="window" x="0.5" y="0.5" width={WIDTH - 1} height={HEIGHT - 1} rx="6" />
      <path class="bar" d={`M0.5 26V6.5a6 6 0 0 1 6-6H${WIDTH - 6.5}a6 6 0 0 1 6 6V26Z`} />
      <Words x={12} y={17} strong>
        AWS
      </Words>
      <Words x={42} y={17}>
        {service}
      </Words>
      <line x1="104" y1="26" x2="104" y2={HEIGHT} />
      {menu.map((name, index) => (
        <Words key={name} x={12} y={46 + index * 18} strong={name === current}>
          {name}
        </Words>
      ))}
      {children}
    </svg>
  )
}

interface At {
  readonly x: number
  readonly y: number
}

export function Words({
  x,
  y,
  strong = false,
  children,
}: At & { readonly strong?: boolean; readonly children: ComponentChildren }) {
  return (
    <text x={x} y={y} class={strong ? 'strong' : undefined}>
      {children}
    </text>
  )
}

interface Area extends At {
  readonly width: number
  readonly height?: number
}

/** A field or a panel. */
export function Box({ x, y, width, height = 18 }: Area) {
  return <rect class="box" {...{ x, y, width, height }} rx="3" />
}

/** A button of the console's. */
export function Push({ x, y, width, children }: Area & { readonly children: ComponentChildren }) {
  return (
    <>
      <rect class="push" {...{ x, y, width }} height="18" rx="9" />
      <text x={x + width / 2} y={y + 12.5} text-anchor="middle" class="strong">
        {children}
      </text>
    </>
  )
}

/** Where to look. */
export function Ring({ x, y, width, height = 18 }: Area) {
  return <rect class="ring" {...{ x, y, width, height }} rx="5" />
}

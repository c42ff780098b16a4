import { scaleBand, scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'

/** Stretched to whatever room there is: lines keep their width, and what is to be read stands beside it as text. */
const [WIDTH, HEIGHT] = [300, 100]

/** A bar of a few is no wall. */
const WIDEST = 16

export interface Point {
  /** Names it among the others. */
  readonly id: number
  /** Undefined where there was none: the line stops there. */
  readonly figure: number | undefined
  /** What it says, to those who point at it. */
  readonly label: string
  readonly tone: 'good' | 'bad' | 'held' | 'calm'
}

interface ChartProps {
  readonly title: string
  readonly kind: 'line' | 'bars'
  /** Oldest first. */
  readonly points: readonly Point[]
  /** How a figure at the side is written. */
  readonly write: (figure: number) => string
  /** What stands below its first and its last point. */
  readonly ends: readonly [string, string]
}

/** How a figure went, drawn on the server; it starts at nothing. The page shows the same figures as a table. */
export function Chart({ title, kind, points, write, ends }: ChartProps) {
  const most = Math.max(...points.map(({ figure }) => figure ?? 0), 1)
  const y = scaleLinear([0, most], [HEIGHT, 0]).nice(3)
  const x = scaleBand(
    points.map(({ id }) => id),
    [0, WIDTH],
  ).padding(0.25)
  const middle = (id: number) => (x(id) ?? 0) + x.bandwidth() / 2
  const ticks = y.ticks(3)
  const drawn = points.flatMap(({ figure, ...point }) =>
    figure === undefined
      ? []
      : [{ ...point, middle: middle(point.id), width: Math.min(x.bandwidth(), WIDEST), top: y(figure) }],
  )
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <ol class="scale" aria-hidden="true">
        {ticks.toReversed().map((tick) => (
          <li key={tick}>{write(tick)}</li>
        ))}
      </ol>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${title}, as a chart`}>
        {ticks.map((tick) => (
          <path key={tick} class="grid" d={`M0 ${y(tick)}H${WIDTH}`} />
        ))}
        {kind === 'line' && <Course points={points} middle={middle} height={y} />}
        {drawn.map(({ id, label, tone, middle, width, top }) =>
          kind === 'bars' ? (
            <rect key={id} class={tone} x={middle - width / 2} y={top} width={width} height={HEIGHT - top}>
              <title>{label}</title>
            </rect>
          ) : (
            // a line of no length with round ends: a dot that is not stretched
            <path key={id} class={`dot ${tone}`} d={`M${middle} ${top}h0`}>
              <title>{label}</title>
            </path>
          ),
        )}
      </svg>
      <p class="ends" aria-hidden="true">
        {[...new Set(ends)].map((end) => (
          <span key={end}>{end}</span>
        ))}
      </p>
    </figure>
  )
}

interface CourseProps {
  readonly points: readonly Point[]
  readonly middle: (id: number) => number
  readonly height: (figure: number) => number
}

function Course({ points, middle, height }: CourseProps) {
  const path = line<Point>()
    .defined(({ figure }) => figure !== undefined)
    .x(({ id }) => middle(id))
    .y(({ figure = 0 }) => height(figure))
  return <path class="course" d={path([...points]) ?? ''} />
}

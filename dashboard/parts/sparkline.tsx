import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'

const [WIDTH, HEIGHT, MARGIN] = [64, 20, 2]

interface SparklineProps {
  /** Oldest first; null where there was no figure. */
  readonly figures: readonly (number | null)[]
  /** What it says, to those who can't see it. */
  readonly label: string
  /** The colour of how it ended. */
  readonly tone: string
}

/** How a figure went, in the place of a word: it starts at nothing, so a line that looks flat is flat. */
export function Sparkline({ figures, label, tone }: SparklineProps) {
  const known = figures.filter((figure) => figure !== null)
  if (known.length < 2) return <span class="quiet">–</span>
  const x = scaleLinear([0, figures.length - 1], [MARGIN, WIDTH - MARGIN])
  const y = scaleLinear([0, Math.max(...known, 1)], [HEIGHT - MARGIN, MARGIN])
  const path = line<number | null>()
    .defined((figure) => figure !== null)
    .x((_, at) => x(at))
    .y((figure) => y(figure ?? 0))
  return (
    <svg class={`sparkline ${tone}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img">
      <title>{label}</title>
      <path d={path(figures) ?? ''} />
    </svg>
  )
}

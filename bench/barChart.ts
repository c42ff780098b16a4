export interface Bar {
  readonly label: string
  /** One value a series, in their order. */
  readonly values: readonly number[]
}

export interface BarChart {
  readonly title: string
  /** What the values are measured in. */
  readonly unit: string
  /** Named in a legend where there are several. */
  readonly series: readonly string[]
  readonly bars: readonly Bar[]
  /** A line across all bars: the goal, or the limit. */
  readonly line?: { readonly at: number; readonly label: string }
}

const WIDTH = 720
const LABELS = 230
const VALUES = 70
const BAR = 16
const GAP = 10
const TOP = 58

/** Quiet in both of GitHub's themes. */
const STYLE = `text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px }
.quiet { fill: #59636e } .s0 { fill: #2f81f7 } .s1 { fill: #8c959f } .line { stroke: #d1242f; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .quiet { fill: #9198a1 } .s1 { fill: #656c76 } }`

/** Draws horizontal bars as an SVG of its own, to be shown as an image. */
export function drawBars({ title, unit, series, bars, line }: BarChart): string {
  const most = Math.max(...bars.flatMap(({ values }) => values), line?.at ?? 0)
  const length = (value: number) => (value / most) * (WIDTH - LABELS - VALUES)
  const rowHeight = series.length * BAR + GAP
  const height = TOP + bars.length * rowHeight + 24
  const rows = bars.flatMap(({ label, values }, row) => {
    const y = TOP + row * rowHeight
    return [
      `<text x="${LABELS - 10}" y="${y + (series.length * BAR) / 2 + 5}" text-anchor="end">${escaped(label)}</text>`,
      ...values.map((value, at) => bar(y + at * BAR, length(value), at, value)),
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="0" y="18">${escaped(title)}</text>`,
    `<text class="quiet" x="0" y="38">${escaped(unit)}</text>`,
    ...(series.length > 1 ? legend(series) : []),
    ...rows,
    ...(line ? lineAcross(LABELS + length(line.at), height, line.label) : []),
    '</svg>',
    '',
  ].join('\n')
}

function bar(y: number, length: number, series: number, value: number): string {
  return `<rect class="s${series}" x="${LABELS}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 3}" rx="2"/><text class="quiet" x="${(LABELS + length + 6).toFixed(1)}" y="${y + BAR - 5}">${value.toLocaleString('en')}</text>`
}

function legend(series: readonly string[]): string[] {
  return series.map((name, at) => {
    const x = LABELS + at * 200
    return `<rect class="s${at}" x="${x}" y="28" width="12" height="12" rx="2"/><text x="${x + 18}" y="38">${escaped(name)}</text>`
  })
}

function lineAcross(x: number, height: number, label: string): string[] {
  const at = x.toFixed(1)
  return [
    `<line class="line" x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${height - 20}"/>`,
    `<text class="quiet" x="${at}" y="${height - 5}" text-anchor="end">${escaped(label)}</text>`,
  ]
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

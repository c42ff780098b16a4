import { expect, test } from 'vitest'
import { drawBars } from '../../bench/barChart.ts'

const CHART = {
  title: 'Reading & staging',
  unit: 'users/s',
  series: ['Poolkeeper', 'the SDK'],
  bars: [
    { label: '50 ms', values: [1_600, 800] },
    { label: '150 ms', values: [1_580, 371] },
  ],
}

const widths = (svg: string) =>
  [...svg.matchAll(/<rect class="s\d" x="\d+" y="\d+" width="([\d.]+)" height="13"/g)].map(([, width]) => Number(width))

test('bars are as long as their values, measured by the longest', () => {
  const [first = 0, second = 0, third = 0] = widths(drawBars(CHART))
  expect(second).toBeCloseTo(first / 2, 0)
  expect(third).toBeLessThan(first)
  expect(widths(drawBars(CHART))).toHaveLength(4)
})

test('a line beyond all bars is within the picture, and the bars are shorter by it', () => {
  const [before = 0] = widths(drawBars(CHART))
  const [after = 0] = widths(drawBars({ ...CHART, line: { at: 3_200, label: 'the limit' } }))
  expect(after).toBeCloseTo(before / 2, 0)
})

test('labels are text, whatever they hold', () => {
  expect(drawBars(CHART)).toContain('Reading &amp; staging')
})

test('one series needs no legend', () => {
  const bars = [{ label: 'one', values: [1] }]
  expect(drawBars({ ...CHART, series: ['users/s'], bars })).not.toContain('y="28"')
})

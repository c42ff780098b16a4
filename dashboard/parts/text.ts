const GROUPED = new Intl.NumberFormat('en-US')
const SECOND = 1
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** 1180554 → `1,180,554` */
export function grouped(count: number): string {
  return GROUPED.format(count)
}

/** 1, 'run' → `1 run`; 6, 'run' → `6 runs` */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** 0.125 → `12.5 %` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}

/** 26.5 → `26.5/s` */
export function rate(perSecond: number): string {
  return `${Number(perSecond.toFixed(1))}/s`
}

/** 421 → `7 min 1 s`: the two largest units, enough to judge by. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`
  return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`
}

/** How far off an instant is, in its largest unit: `3 h ago`, `in 40 min`, `just now`. */
export function relative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000
  const distance = Math.abs(seconds)
  if (distance < MINUTE) return seconds > 0 ? 'in a moment' : 'just now'
  const amount = inLargestUnit(distance)
  return seconds > 0 ? `in ${amount}` : `${amount} ago`
}

/** 7,500 → `2 h` */
export function inLargestUnit(seconds: number): string {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`
  return counted(Math.floor(seconds / DAY), 'day')
}

/** 1560 → `26 h`: as somebody set it, in the largest unit that leaves no rest. */
export function span(minutes: number): string {
  if (minutes % (DAY / MINUTE) === 0) return counted(minutes / (DAY / MINUTE), 'day')
  return minutes % (HOUR / MINUTE) === 0 ? `${minutes / (HOUR / MINUTE)} h` : `${minutes} min`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Each is made once: the list of dataflows writes 200 times, and making as many formats took 10 of its 47 ms (measured). */
function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', options)
  formats.set(key, format)
  return format
}

const DAY_OF_YEAR = { day: 'numeric', month: 'short' } as const

const yearOf = (at: Date, now: Date) => at.getUTCFullYear() !== now.getUTCFullYear() && ({ year: 'numeric' } as const)

/** `24 Nov`; with the year when it is not this one. */
export function day(at: Date, now: Date, timeZone: string): string {
  return formatOf({ timeZone, ...DAY_OF_YEAR, ...yearOf(at, now) }).format(at)
}

/** `24 Nov, 02:00 UTC`; with the year when it is not this one. */
export function exact(at: Date, now: Date, timeZone: string): string {
  const format = formatOf({ timeZone, ...DAY_OF_YEAR, hour: '2-digit', minute: '2-digit', ...yearOf(at, now) })
  return `${format.format(at)} ${timeZone}`
}

/** `02:00:12`, in a zone that stands elsewhere on the page. */
export function timeOfDay(at: Date, timeZone: string): string {
  return formatOf({ timeZone, timeStyle: 'medium' }).format(at)
}

/** 5,242,880 → `5 MB`; what is smaller than a megabyte in kB, and never nothing. */
export function size(bytes: number): string {
  const [unit, of] = bytes < 1024 ** 2 ? ['kB', 1024] : bytes < 1024 ** 3 ? ['MB', 1024 ** 2] : ['GB', 1024 ** 3]
  return `${grouped(Math.ceil(bytes / Number(of)))} ${unit}`
}

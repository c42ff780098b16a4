import { readFile } from 'node:fs/promises'

/** What /proc tells of a process. On Linux only. */
export interface ProcessUsage {
  readonly cpuSeconds: number
  /** Megabytes that it holds now, without what it shares with others, and that it held at most. */
  readonly memoryMB: number
  readonly peakMB: number
}

/** Linux counts a process's time in hundredths of a second. */
const TICKS_A_SECOND = 100

/** @throws ENOENT when there is no such process, or no /proc. */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // behind the name, which may hold anything: state is field 3, utime 14, stime 15
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const megabytes = (name: string) => Number(status.match(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm'))?.[1] ?? 0) / 1_024
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    memoryMB: megabytes('RssAnon') + megabytes('RssFile'),
    peakMB: megabytes('VmHWM'),
  }
}

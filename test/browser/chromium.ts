import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Linux distributions, macOS and Chrome's own packages put it. */
const PLACES = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Chromium as root, without a graphics card, and without its own traffic to Google. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** @throws where there is none, saying how to get it */
export function findChromium(): string {
  const found = PLACES.find((place) => existsSync(place))
  if (found) return found
  throw new Error(
    `There is no Chromium at ${PLACES.join(', ')}. Debian and Ubuntu have it as a package: apt-get install chromium`,
  )
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGUMENTS })
}

/** Once before all tests of the browser: a missing one is told at once, and not by each of them. */
export default function setup(): void {
  findChromium()
}

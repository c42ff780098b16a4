import type { Random } from './random.ts'

/** Where somebody signs in from. Neither the address nor the town is marked as sensitive in the model; both are personal. */
export interface Place {
  readonly City: string
  readonly Country: string
  readonly Timezone: string
}

export const PLACES: readonly [Place, ...Place[]] = [
  { City: 'Seattle', Country: 'United States', Timezone: '-07:00' },
  { City: 'Zürich', Country: 'Switzerland', Timezone: '+01:00' },
  { City: "L'Haÿ-les-Roses", Country: 'France', Timezone: '+01:00' },
  { City: '東京', Country: 'Japan', Timezone: '+09:00' },
  { City: 'São Paulo', Country: 'Brazil', Timezone: '-03:00' },
  { City: 'القاهرة', Country: 'Egypt', Timezone: '+02:00' },
  { City: 'Abidjan', Country: "Côte d'Ivoire", Timezone: '+00:00' },
]

/** What devices say that they are: people name them as they like. */
export const DEVICE_NAMES: readonly [string, ...string[]] = [
  'Chrome 126, Windows 10',
  'Safari 17, iOS 17',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)',
  'Zoé’s "iPhone"',
  '花子のiPad 👩‍👩‍👧‍👦',
  '<b>Smart</b> TV; drop table devices;--',
]

/** An address of those set aside for documentation (RFC 5737, RFC 3849): nobody's. */
export function ipAddress(random: Random): string {
  if (random.chance(0.2)) return `2001:db8:${random.below(65_536).toString(16)}::${1 + random.below(9_999)}`
  return `${random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${1 + random.below(254)}`
}

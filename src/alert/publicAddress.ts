import ipaddr from 'ipaddr.js'

/** What the IANA gives out for the public Internet; all other IPv6 is local, reserved or given back. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an IP address is one of the public Internet. One that carries an IPv4 address (mapped, NAT64, 6to4) counts as what
 * it carries, because that is where a packet to it ends up.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast'
  const carried = carriedBy(parsed)
  if (carried) return carried.range() === 'unicast'
  return parsed.range() === 'unicast' && parsed.match(GLOBAL_IPV6)
}

/** The networks whose addresses carry another, and where in them it stands, in bytes. */
const CARRIERS = [
  { network: ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), at: 12 },
  { network: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), at: 12 },
  { network: ipaddr.IPv6.parseCIDR('2002::/16'), at: 2 },
]

function carriedBy(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const carrier = CARRIERS.find(({ network }) => address.match(network))
  return carrier && new ipaddr.IPv4(address.toByteArray().slice(carrier.at, carrier.at + 4))
}

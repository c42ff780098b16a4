import { expect, test } from 'vitest'
import { isPublic } from '../../src/alert/publicAddress.ts'

test.each([
  ['93.184.215.14', 'a public address'],
  ['2606:4700:4700::1111', 'a public address of IPv6'],
  ['64:ff9b::5db8:d70e', 'a public address through NAT64'],
  ['::ffff:93.184.215.14', 'a public address, mapped'],
])('%s, %s, may be called', (address) => {
  expect(isPublic(address)).toBe(true)
})

test.each([
  ['127.0.0.1', 'this machine'],
  ['0.0.0.0', 'this machine as well'],
  ['10.1.2.3', 'a private network'],
  ['172.16.0.1', 'a private network'],
  ['192.168.1.1', 'a private network'],
  ['100.64.0.1', 'a carrier’s network'],
  ['169.254.169.254', 'the metadata of a cloud’s machine'],
  ['198.18.0.1', 'a network for benchmarks'],
  ['192.0.2.1', 'an example'],
  ['224.0.0.1', 'a group'],
  ['255.255.255.255', 'everybody'],
  ['::', 'this machine'],
  ['::1', 'this machine'],
  ['fe80::1', 'the local link'],
  ['fe80::1%eth0', 'the local link by an interface’s name'],
  ['fc00::1', 'a private network'],
  ['fd00:ec2::254', 'the metadata of a cloud’s machine'],
  ['fec0::1', 'a private network, as it was once'],
  ['ff02::1', 'a group'],
  ['2001:db8::1', 'an example'],
  ['2001::1', 'a tunnel to who knows where'],
  ['::ffff:127.0.0.1', 'this machine, mapped'],
  ['::ffff:a9fe:a9fe', 'the metadata, mapped'],
  ['::127.0.0.1', 'this machine, as it was mapped once'],
  ['::ffff:0:7f00:1', 'this machine, translated'],
  ['64:ff9b::a9fe:a9fe', 'the metadata through NAT64'],
  ['64:ff9b:1::808:808', 'a NAT64 of somebody’s own'],
  ['2002:7f00:1::', 'this machine through 6to4'],
  ['2002:a00:1::1', 'a private network through 6to4'],
])('%s, %s, may not', (address) => {
  expect(isPublic(address)).toBe(false)
})

// Which IP addresses a fetch may connect to: global unicast and nothing else.
// IPv4 is everything outside the special-purpose registry; IPv6 is 2000::/3 outside that registry,
// so a range that is assigned tomorrow is refused until someone decides about it.
// Refuses IPv4 hidden inside IPv6 by judging, or refusing, the form that carries it.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

export interface AddressRange {
  readonly network: IpAddress;
  readonly prefixBits: number;
}

// IANA IPv4 Special-Purpose Address Registry (RFC 6890) and the multicast block (RFC 5771).
const specialIpv4 = [
  '0.0.0.0/8', // "this network", RFC 791
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // carrier-grade NAT, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '168.63.129.16/32', // not in the registry: the host's own services on Azure answer here
  '169.254.0.0/16', // link-local and cloud metadata, RFC 3927
  '172.16.0.0/12', // private, RFC 1918
  '192.0.0.0/24', // IETF protocol assignments, RFC 6890
  '192.0.2.0/24', // documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // AMT, RFC 7450
  '192.88.99.0/24', // 6to4 relays, RFC 7526
  '192.168.0.0/16', // private, RFC 1918
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', // benchmarking, RFC 2544
  '198.51.100.0/24', // documentation, RFC 5737
  '203.0.113.0/24', // documentation, RFC 5737
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved and broadcast, RFC 1112, RFC 919
].map(parseKnownRange);

const globalUnicastIpv6 = parseKnownRange('2000::/3'); // RFC 4291 section 2.4, as IANA allocates it

// The rows of the IANA IPv6 Special-Purpose Address Registry that lie inside 2000::/3.
const specialIpv6 = [
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, ORCHID, RFC 2928
  '2001:db8::/32', // documentation, RFC 3849
  '2002::/16', // 6to4 carries an IPv4 address in bits 16 to 47, RFC 3056, retired by RFC 7526
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3fff::/20', // documentation, RFC 9637
].map(parseKnownRange);

// An IPv6-only network reaches public IPv4 through this prefix (RFC 6052 section 2.1), so it is judged
// by the address inside it. The local-use sibling 64:ff9b:1::/48 (RFC 8215) is not: how much of it is
// the IPv4 address is each network's own choice.
const translatedIpv4 = parseKnownRange('64:ff9b::/96');

/** The address that `text` spells in the one dotted or colon form; undefined for any other spelling or a zone id. */
export function parseAddress(text: string): IpAddress | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  return withoutMapping(ipaddr.parse(text));
}

export function inRange(address: IpAddress, range: AddressRange): boolean {
  if (address instanceof ipaddr.IPv4) {
    return range.network instanceof ipaddr.IPv4 && address.match(range.network, range.prefixBits);
  }
  return range.network instanceof ipaddr.IPv6 && address.match(range.network, range.prefixBits);
}

/** True for global unicast alone, as `parseAddress` gave it; a form that carries IPv4 is judged by that, or refused. */
export function isGlobalUnicast(address: IpAddress): boolean {
  if (address instanceof ipaddr.IPv4) return !specialIpv4.some((range) => inRange(address, range));
  if (inRange(address, translatedIpv4)) {
    return isGlobalUnicast(new ipaddr.IPv4(address.toByteArray().slice(12)));
  }
  return (
    inRange(address, globalUnicastIpv6) &&
    !specialIpv6.some((range) => inRange(address, range)) &&
    !isIsatap(address)
  );
}

// `::ffff:a.b.c.d` reaches the IPv4 host itself, so it is that host for every rule (RFC 4291 section 2.5.5.2).
function withoutMapping(address: IpAddress): IpAddress {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

// RFC 5214 section 6.1: an interface id of 0000:5efe or 0200:5efe tunnels to the IPv4 address after it.
function isIsatap(address: ipaddr.IPv6): boolean {
  return (address.parts[4] === 0 || address.parts[4] === 0x0200) && address.parts[5] === 0x5efe;
}

function parseKnownRange(cidr: string): AddressRange {
  const [network, prefixBits] = ipaddr.parseCIDR(cidr);
  return { network, prefixBits };
}

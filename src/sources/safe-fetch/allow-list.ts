// The operator's exceptions (KEYPLANE_URL_ALLOW): hosts by exact name, addresses and CIDRs by number.
// A host that is named here may resolve to anything; an address that is named here may be reached by any name.
// Refuses an item that would never match: other spellings of an address, ports, URLs, wildcards, stray host bits.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type AddressRange, type IpAddress, inRange, parseAddress } from './address-rules.ts';

export interface AddressAllowList {
  /** Lower case, in ASCII form, without a trailing dot. */
  readonly hosts: readonly string[];
  readonly cidrs: readonly AddressRange[];
}

const ipv4MappedPrefixBits = 96;

/**
 * Reads hosts, IP addresses and CIDRs that commas or white space separate; an empty text is an empty list.
 * @throws Error that names the first item that is not accepted, and why
 */
export function parseAllowList(text: string): AddressAllowList {
  const hosts: string[] = [];
  const cidrs: AddressRange[] = [];
  try {
    for (const item of itemsOf(text)) {
      if (isAddressOrRange(item)) cidrs.push(parseAddressOrRange(item));
      else hosts.push(parseHost(item));
    }
  } catch (error) {
    throw withAccepted(error, 'hosts, IP addresses and CIDRs are', 'keys.internal, 10.0.0.0/8');
  }
  return { hosts, cidrs };
}

/** The same without hosts. @throws Error that names the first item that is not accepted, and why */
export function parseAddressList(text: string): AddressAllowList {
  try {
    return { hosts: [], cidrs: itemsOf(text).map(parseAddressOrRange) };
  } catch (error) {
    throw withAccepted(error, 'IP addresses and CIDRs are', '10.0.7.1, 10.1.0.0/16');
  }
}

/** `hostname` as a WHATWG URL holds it. */
export function allowsHost(list: AddressAllowList, hostname: string): boolean {
  return list.hosts.includes(withoutTrailingDot(hostname.toLowerCase()));
}

export function allowsAddress(list: AddressAllowList, address: IpAddress): boolean {
  return list.cidrs.some((range) => inRange(address, range));
}

/** The same for an address as text; what is none is not in any list. */
export function allowsText(list: AddressAllowList, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && allowsAddress(list, address);
}

function itemsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

function isAddressOrRange(item: string): boolean {
  return item.includes('/') || isIP(item) !== 0;
}

function parseAddressOrRange(item: string): AddressRange {
  if (!isAddressOrRange(item)) throw notAccepted(item, 'it is not an IP address or a CIDR');
  return item.includes('/') ? parseRange(item) : parseSingle(item);
}

function parseSingle(item: string): AddressRange {
  const network = parseAddress(item);
  if (network === undefined) throw notAccepted(item, 'an address with a zone is not supported');
  return { network, prefixBits: network.toByteArray().length * 8 };
}

function parseRange(item: string): AddressRange {
  const slash = item.indexOf('/');
  const address = item.slice(0, slash);
  const prefixText = item.slice(slash + 1);
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0) throw notAccepted(item, 'what stands before the slash is not an IP address');
  const widthBits = version === 4 ? 32 : 128;
  const prefixBits = Number(prefixText);
  if (!/^\d{1,3}$/.test(prefixText) || prefixBits > widthBits) {
    throw notAccepted(item, `the prefix length has to be a number from 0 to ${widthBits}`);
  }
  const network =
    version === 4
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefixBits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${prefixBits}`);
  // A typing error such as 10.20.0.0/8 would open far more than it shows.
  if (network.toNormalizedString() !== ipaddr.parse(address).toNormalizedString()) {
    throw notAccepted(item, `it has bits after its prefix, ${network.toString()}/${prefixBits} has none`);
  }
  return withoutMapping({ network, prefixBits });
}

// Addresses are compared after their IPv4-mapped form was undone, so a range of that form has to be as well.
function withoutMapping(range: AddressRange): AddressRange {
  const { network, prefixBits } = range;
  if (network instanceof ipaddr.IPv4 || !network.isIPv4MappedAddress() || prefixBits < ipv4MappedPrefixBits) {
    return range;
  }
  return { network: network.toIPv4Address(), prefixBits: prefixBits - ipv4MappedPrefixBits };
}

function parseHost(item: string): string {
  // The same parser that reads the URLs decides how the name is spelled, or the two would never meet.
  const spelled = /[:@?#\\%[\]]/.test(item) ? null : URL.parse(`http://${item}/`);
  const host = withoutTrailingDot(spelled?.hostname ?? '');
  if (isIP(host) !== 0) throw notAccepted(item, `an address is written ${host} here`);
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host)) {
    throw notAccepted(item, 'it is not a host name, an IP address or a CIDR');
  }
  return host;
}

function withoutTrailingDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function notAccepted(item: string, why: string): Error {
  return new Error(`"${item.slice(0, 100)}" is not accepted: ${why}`);
}

function withAccepted(error: unknown, accepted: string, example: string): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${reason}; ${accepted}, separated by commas or spaces, like "${example}"`);
}

// From a URL's host to the addresses that may be connected to: the only place where a name is resolved.
// Refuses a host as soon as one of its addresses is forbidden: a name that mixes public and private
// addresses is how rebinding is done, and no honest publisher of keys needs it.
// A name that is not found and one with a forbidden address get the same message: otherwise a caller could ask
// which names exist in our network. The log has the difference.

import { lookup } from 'node:dns/promises';
import { type IpAddress, isGlobalUnicast, parseAddress } from './address-rules.ts';
import { type AddressAllowList, allowsAddress, allowsHost } from './allow-list.ts';
import { connectFailure, FetchFailure, FetchNotAllowed } from './fetch-failure.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export type ResolveHost = (host: string) => Promise<readonly ResolvedAddress[]>;

const addressesMaximum = 8;

/** The system's own resolver (hosts file included), in the order it gives. */
export async function resolveWithSystem(host: string): Promise<readonly ResolvedAddress[]> {
  return lookup(host, { all: true, order: 'verbatim' });
}

/**
 * The addresses of the URL's host, each of them checked; at most eight, at least one.
 * @throws FetchFailure
 */
export async function checkedAddresses(
  url: URL,
  allow: AddressAllowList,
  resolve: ResolveHost,
): Promise<readonly ResolvedAddress[]> {
  const literal = parseAddress(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const isNamed = allowsHost(allow, url.hostname);
  const addresses = literal === undefined ? await addressesOf(url.hostname, resolve, isNamed) : [literal];
  const isAllowed = (address: IpAddress | undefined) =>
    address !== undefined && (isNamed || isGlobalUnicast(address) || allowsAddress(allow, address));
  // The words do not depend on what listens there, because nothing ever connects to find out.
  if (!addresses.every(isAllowed)) {
    if (literal !== undefined) throw new FetchNotAllowed(`resolves to ${forbidden}`);
    throw notPublic(new Error('an address of the host is not allowed'));
  }
  return addresses
    .filter((address) => address !== undefined)
    .slice(0, addressesMaximum)
    .map((address) => ({ address: address.toString(), family: address.kind() === 'ipv4' ? 4 : 6 }));
}

const forbidden =
  'an address in a private, loopback, link-local or otherwise special range, ' +
  'which is not allowed unless KEYPLANE_URL_ALLOW names it';

function notPublic(cause: unknown): FetchFailure {
  return new FetchNotAllowed(
    `is not reachable: its host name is not found, or it resolves to ${forbidden}`,
    cause,
  );
}

/** @param isNamed the administrator named the host, so its callers may learn whether it resolves */
async function addressesOf(
  host: string,
  resolve: ResolveHost,
  isNamed: boolean,
): Promise<(IpAddress | undefined)[]> {
  let answers: readonly ResolvedAddress[];
  try {
    answers = await resolve(host);
  } catch (error) {
    throw isNamed ? connectFailure(error) : notPublic(error);
  }
  if (answers.length === 0) {
    if (isNamed) throw new FetchFailure('is not reachable: its host name is not found');
    throw notPublic(new Error('the host has no address'));
  }
  return answers.map((answer) => parseAddress(answer.address));
}

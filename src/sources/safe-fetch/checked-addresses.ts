// From a URL's host to the addresses that may be connected to: the only place where a name is resolved.
// Refuses a host as soon as one of its addresses is forbidden: a name that mixes public and private
// addresses is how rebinding is done, and no honest publisher of keys needs it.

import { lookup } from 'node:dns/promises';
import { type IpAddress, isGlobalUnicast, parseAddress } from './address-rules.ts';
import { type AddressAllowList, allowsAddress, allowsHost } from './allow-list.ts';
import { connectFailure, FetchFailure } from './fetch-failure.ts';

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
  const addresses = literal === undefined ? await addressesOf(url.hostname, resolve) : [literal];
  const isNamed = allowsHost(allow, url.hostname);
  const isAllowed = (address: IpAddress | undefined) =>
    address !== undefined && (isNamed || isGlobalUnicast(address) || allowsAddress(allow, address));
  // The words do not depend on what listens there, because nothing ever connects to find out.
  if (!addresses.every(isAllowed)) {
    throw new FetchFailure(
      'resolves to an address in a private, loopback, link-local or otherwise special range, ' +
        'which is not allowed unless KEYPLANE_URL_ALLOW names it',
    );
  }
  return addresses
    .filter((address) => address !== undefined)
    .slice(0, addressesMaximum)
    .map((address) => ({ address: address.toString(), family: address.kind() === 'ipv4' ? 4 : 6 }));
}

async function addressesOf(host: string, resolve: ResolveHost): Promise<(IpAddress | undefined)[]> {
  let answers: readonly ResolvedAddress[];
  try {
    answers = await resolve(host);
  } catch (error) {
    throw connectFailure(error);
  }
  if (answers.length === 0) throw new FetchFailure('is not reachable: its host name is not found');
  return answers.map((answer) => parseAddress(answer.address));
}

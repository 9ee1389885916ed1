/**
 * Whether a host is this machine and no other.
 * @param host a name or an address as a listener takes it, or the host name of a URL, whose parser has already brought every
 *   spelling of an IPv4 address to its dotted form. Names below `localhost` are no loopback: Node.js asks DNS for them, and an
 *   attacker who answers can send the client elsewhere.
 */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/.test(host);
}

/**
 * True for an address that any machine of the internet could reach: IPv4 and IPv6 unicast of the global space.
 * False for loopback, private, link-local, shared, multicast, documentation, benchmark, reserved and broadcast ranges,
 * for IPv4 inside IPv6 (mapped, 6to4, NAT64, Teredo), and for texts that are no address in its usual form.
 *
 * @source RFC 6890 and the IANA special-purpose registries, as `ipaddr.js` names them; for IPv6 also RFC 4291 2.4:
 * global unicast is handed out of 2000::/3 only.
 */
export async function isPublicAddress(text: string): Promise<boolean> {
  const { default: ipaddr } = await import("ipaddr.js");
  // Octal, decimal and short forms mean different hosts to different readers.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).range() === "unicast";
  if (!ipaddr.IPv6.isValid(text) || text.includes("%")) return false;
  const address = ipaddr.IPv6.parse(text);
  const first = address.toByteArray()[0] ?? 0;
  return address.range() === "unicast" && first >= 0x20 && first <= 0x3f;
}

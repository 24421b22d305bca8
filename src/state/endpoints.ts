/** `http(s)://host[:port][/path]`; host is a name, an IPv4 address or a bracketed IPv6 address. */
const ENDPOINT = /^https?:\/\/(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?:\/[!-~]*)?$/i;

/**
 * True when the text is an HTTP address the log accepts. A rule of its own and not the URL parser of the platform,
 * whose edge cases change between versions: every replayer must judge alike. No user name, no spaces, ASCII only.
 */
export function isEndpointUrl(url: string): boolean {
  const match = ENDPOINT.exec(url);
  if (match === null || url.includes("..")) return false;
  const port = match[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

import ipaddr from "ipaddr.js";

/** The only ports on which a stranger's web server is called: those where TLS is spoken, nothing else's. */
const allowedPorts = new Set(["", "443", "8443"]);

/** Names that are answered inside a network only, whatever the public name service says. */
const privateSuffixes = [
  "localhost",
  "local",
  "localdomain",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
  "onion",
];

const globalIpv6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Why we must not call a URL that somebody typed, in words that follow "the URL"; null when nothing in its text
 * speaks against it. A name may still resolve to a forbidden address: look it up and ask `isPublicAddress`.
 * `allowedOrigin` is exempt from all of this.
 */
export function refusalOfUrl(text: string, allowedOrigin?: string): string | null {
  if (!URL.canParse(text)) return "must be a URL";
  // The parser turns every spelling of an address (decimal, octal, hex, short, full-width digits) into one.
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
  if (url.hash !== "") return "must not carry a fragment";
  if (allowedOrigin !== undefined && url.origin === new URL(allowedOrigin).origin) return null;
  if (url.protocol !== "https:") return "must be https";
  if (!allowedPorts.has(url.port)) return "must use port 443 or 8443";
  const address = addressIn(url.hostname);
  if (address !== null) return isPublicAddress(address) ? null : "must not lead to a private address";
  return isPublicName(url.hostname) ? null : "must name a public host";
}

/** The host of a URL as an IP address, null when it is a name that has to be looked up. */
export function addressIn(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return ipaddr.isValid(bare) ? bare : null;
}

/** Whether an address is of the public internet. Forms that only wrap another address are not, whatever they wrap. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address instanceof ipaddr.IPv4 || address.match(globalIpv6);
}

function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, "");
  const labels = name.split(".");
  if (labels.length < 2 || name.length > 253) return false;
  if (!labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) return false;
  return !privateSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

/**
 * Hosts that the page may reach, and those that the user added. The policy itself stands in the page's head; the service
 * worker writes it there (and into the worker's header) with the added hosts when the page is opened.
 */

const KEPT = "semgrad-kept";
const PENDING = "semgrad-pending";

const listAddress = () => new URL("./hosts.json", document.baseURI).href;

/** Sources of `connect-src` as the browser enforces them now; empty without a policy (while developing). */
export function enforcedHosts(): string[] {
  const policy = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content ?? "";
  const directive = policy.split(";").find((part) => part.trim().startsWith("connect-src "));
  return directive ? directive.trim().split(/\s+/).slice(1) : [];
}

/** Whether the policy lets the page fetch from there. */
export function reachable(url: URL): boolean {
  const sources = enforcedHosts();
  if (sources.length === 0 || url.origin === location.origin || !/^https?:$/.test(url.protocol)) return true;
  return sources.some((source) => {
    const wild = /^(https?:)\/\/\*\.(.+)$/.exec(source);
    return wild ? url.protocol === wild[1] && url.hostname.endsWith(`.${wild[2]}`) : url.origin === source;
  });
}

/** Origins that the user added. */
export async function addedHosts(): Promise<string[]> {
  try {
    const kept = await (await caches.open(KEPT)).match(listAddress());
    const hosts: unknown = await kept?.json();
    return Array.isArray(hosts) ? hosts.filter((host) => typeof host === "string") : [];
  } catch {
    return [];
  }
}

async function save(hosts: string[]): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await (await caches.open(KEPT)).put(listAddress(), new Response(JSON.stringify(hosts), { headers }));
}

/** An address to load once the page is back with the wider rule. */
export interface Pending {
  address: string;
  device: string;
}

/** Adds the address's host and reloads; {@link takePending} gives the address afterwards. */
export async function allow(url: URL, device: string): Promise<void> {
  await save([...new Set([...(await addedHosts()), url.origin])]);
  const pending: Pending = { address: url.href, device };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.reload();
}

/** Takes a host back; the page reloads with the narrower rule. */
export async function disallow(origin: string): Promise<void> {
  await save((await addedHosts()).filter((host) => host !== origin));
  location.reload();
}

/** What was to be loaded before the page was reloaded, once. */
export function takePending(): Pending | null {
  try {
    const text = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    return text === null ? null : (JSON.parse(text) as Pending);
  } catch {
    return null;
  }
}

import { fail } from '../user-error.ts';

/** The department's main host, then its other hosts that serve the same paths. */
export const DEFAULT_HOSTS = [
  'https://travel.state.gov',
  'https://adoption.state.gov',
  'https://adoptions.state.gov',
  'https://childabduction.state.gov',
];
/** The only domain that is accepted unless `allowOtherHosts` is set. */
const DOMAIN = 'state.gov';
/** With more hosts, the attempts at one message would take longer than the hour after which its page is queued again. */
const MAX_HOSTS = 5;
const EXAMPLE = 'https://travel.state.gov';
const OVERRIDE = '-c allowOtherHosts=true';

/** Parses a comma-separated list of hosts, in the order in which they are tried. Throws a `UserError`. */
export function readHosts(text: string, allowOthers: boolean): readonly string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) {
    fail('no hosts configured', `expected at least one, for example ${EXAMPLE}`);
  }
  const hosts = parts.map((part) => readHost(part, allowOthers));
  const twice = hosts.find((host, index) => hosts.indexOf(host) !== index);
  if (twice !== undefined) {
    fail(`duplicate host ${twice}`, 'list each host once');
  }
  if (hosts.length > MAX_HOSTS) {
    fail(`too many hosts (${hosts.length})`, `expected at most ${MAX_HOSTS}`);
  }
  return hosts;
}

function readHost(text: string, allowOthers: boolean): string {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
    fail(`invalid host "${text}"`, `expected a web address, for example ${EXAMPLE}`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    fail(`invalid host ${url.host}`, `expected only scheme and host, for example ${EXAMPLE}`);
  }
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !(isLoopback && allowOthers)) {
    fail(
      `unencrypted host ${url.host}`,
      `expected https://${url.host} (plain http is accepted only for this machine, with ${OVERRIDE})`,
    );
  }
  const isDepartments = url.hostname === DOMAIN || url.hostname.endsWith(`.${DOMAIN}`);
  if (!isDepartments && !allowOthers) {
    fail(
      `host ${url.host} is outside ${DOMAIN}`,
      `expected a host like ${EXAMPLE}; to accept pages from other domains, add ${OVERRIDE}`,
    );
  }
  return url.origin;
}

import { refuse } from './refusal.ts';

/** The department's own host first, then its other hosts that serve the same paths. */
export const DEFAULT_HOSTS = [
  'https://travel.state.gov',
  'https://adoption.state.gov',
  'https://adoptions.state.gov',
  'https://childabduction.state.gov',
];
/** The domain under which every host lies, unless others are allowed. */
const DOMAIN = 'state.gov';
/** With more, the attempts at one message would take longer than the hour after which its page is queued again. */
const MOST_HOSTS = 5;
const EXAMPLE = 'https://travel.state.gov';
const OVERRIDE = '-c allowOtherHosts=true';

/** Reads hosts that stand separated by commas, in the order in which they are asked. Throws a `Refusal`. */
export function readHosts(text: string, allowOthers: boolean): readonly string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) {
    refuse('no host is configured', `write at least one, such as ${EXAMPLE}`);
  }
  const hosts = parts.map((part) => readHost(part, allowOthers));
  const twice = hosts.find((host, index) => hosts.indexOf(host) !== index);
  if (twice !== undefined) {
    refuse(`the host ${twice} stands there twice`, 'write each host once');
  }
  if (hosts.length > MOST_HOSTS) {
    refuse(`${hosts.length} hosts take longer to ask than a page may wait`, `write at most ${MOST_HOSTS}`);
  }
  return hosts;
}

function readHost(text: string, allowOthers: boolean): string {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
    refuse(`the host "${text}" is no web address`, `write a host like ${EXAMPLE}`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    refuse(`the host ${url.host} says more than which host`, `write scheme and host alone, like ${EXAMPLE}`);
  }
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !(isLoopback && allowOthers)) {
    refuse(
      `the host ${url.host} is to be asked without encryption, so that anybody on the way could change the dates`,
      `write https://${url.host} (plain http is for this machine alone, with ${OVERRIDE})`,
    );
  }
  const isDepartments = url.hostname === DOMAIN || url.hostname.endsWith(`.${DOMAIN}`);
  if (!isDepartments && !allowOthers) {
    refuse(
      `the host ${url.host} is none of ${DOMAIN}`,
      `write a host like ${EXAMPLE}, or add ${OVERRIDE} if pages from elsewhere are really wanted`,
    );
  }
  return url.origin;
}

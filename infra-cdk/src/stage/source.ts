import type { Settings } from '../setting/settings.ts';

/** The environment variables of the stages that fetch from the source. */
export function sourceEnvironment(settings: Settings): Record<string, string> {
  return {
    SOURCE_HOSTS: settings.hosts.join(','),
    SOURCE_CONTACT: settings.contact,
    ...(settings.allowOtherHosts ? { ALLOW_OTHER_HOSTS: 'true' } : {}),
  };
}

import type { Settings } from '../setting/settings.ts';

/** The variables of what asks the source. */
export function sourceEnvironment(settings: Settings): Record<string, string> {
  return {
    SOURCE_HOSTS: settings.hosts.join(','),
    SOURCE_CONTACT: settings.contact,
    ...(settings.allowOtherHosts ? { ALLOW_OTHER_HOSTS: 'true' } : {}),
  };
}

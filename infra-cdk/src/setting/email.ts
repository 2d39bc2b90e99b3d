import { refuse } from './refusal.ts';

/** What an e-mail address looks like, for the parameter of the template too. */
export const EMAIL_PATTERN = '^[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+$';

/** Reads the operator's e-mail address. Throws a `Refusal`, which does not repeat it. */
export function readEmail(text: string | undefined): string {
  const email = text?.trim() ?? '';
  if (email === '') {
    refuse('nobody would hear the alarms, because no e-mail address is given', 'write make deploy EMAIL=you@example.com');
  }
  if (email.length > 254 || !new RegExp(EMAIL_PATTERN).test(email)) {
    refuse('the e-mail address cannot be understood', 'write one address, like make deploy EMAIL=you@example.com');
  }
  return email;
}

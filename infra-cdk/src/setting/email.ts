import { fail } from '../user-error.ts';

/** The pattern of an e-mail address, also used by the template parameter. */
export const EMAIL_PATTERN = '^[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+$';

/** Parses the operator's e-mail address. Throws a `UserError` that does not contain the address. */
export function readEmail(text: string | undefined): string {
  const email = text?.trim() ?? '';
  if (email === '') {
    fail('no e-mail address for alarms', 'run make deploy EMAIL=you@example.com');
  }
  if (email.length > 254 || !new RegExp(EMAIL_PATTERN).test(email)) {
    fail('invalid e-mail address', 'expected one address, for example make deploy EMAIL=you@example.com');
  }
  return email;
}

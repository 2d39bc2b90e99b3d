/** A setting that cannot be deployed; its message says what to write instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Refuses a setting: what is wrong with it, then what to write instead. */
export function refuse(wrong: string, instead: string): never {
  throw new Refusal(`${wrong}: ${instead}`);
}

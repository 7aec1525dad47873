/** What a value may be, for a person: completes "allowed: …; for example …". */
export interface Hint {
  allowed: string;
  example: string;
  secret?: boolean;
}

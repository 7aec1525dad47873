/** The languages that a program can be written in. */
import { type Program } from "../program";
import { go } from "./go";
import { type Host, type Language } from "./language";
import { python } from "./python";
import { typescript } from "./typescript";
import { yaml } from "./yaml";

export const PRINTERS: Record<Language, (program: Program, host: Host) => string> = {
  typescript,
  python,
  go,
  yaml,
};

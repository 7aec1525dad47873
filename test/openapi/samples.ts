const SECRET = /password|secret|token|private_key|api_?key|credential|signature/i;
const LENGTH = 60;

/** A value in short, as a report may show it; what is a secret by its name is not shown. */
export function sampleOf(value: unknown, path: string): string {
  if (value === undefined) return "";
  if (SECRET.test(path.split("/").at(-1)!) && value !== null) return `(${kindOf(value)}, not shown)`;
  const text = JSON.stringify(value, (name, each: unknown) =>
    SECRET.test(name) && each !== null ? "(not shown)" : each,
  );
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

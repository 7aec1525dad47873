/** What a program can be written in, and for. */
export const LANGUAGES = ["typescript", "python", "go", "yaml"] as const;
export type Language = (typeof LANGUAGES)[number];

export const HOSTS = ["dynamic", "native"] as const;
export type Host = (typeof HOSTS)[number];

/** Where the program goes, if nothing is said. */
export const PROGRAM_FILES: Readonly<Record<Language, string>> = {
  typescript: "index.ts",
  python: "__main__.py",
  go: "main.go",
  yaml: "Main.yaml",
};

/** Nylas, as messages of the life cycle name it. */
export const SERVICE = {
  name: "Nylas",
  between: "nylas:apiUrl, a proxy",
  settings: "nylas-NAME:…",
} as const;

/**
 * Whether requests to a host go past the proxy, by `NO_PROXY`, as curl, Go and Python read it. Commas or blanks
 * separate the names; `*` alone stands for all. A name also covers what lies below it, with or without a dot or `*.`
 * in front. A final dot and case do not count. A port, where there is one, has to be the same.
 */
export function isPastProxy(url: URL, environment: NodeJS.ProcessEnv): boolean {
  const list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, wanted] = /^(\[[^\]]*\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== port) return false;
      const covered = bare(name).replace(/^\*?\./, "");
      return covered !== "" && (host === covered || host.endsWith(`.${covered}`));
    });
}

function bare(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

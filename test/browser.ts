/** A real browser for tests that look at pages: the machine's own Chromium or Chrome. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type Browser, chromium } from "playwright-core";

/** How to get one, where there is none. */
export const HOW_TO_GET_A_BROWSER =
  "apt-get install chromium, or CHROME_PATH=… with the path of a Chrome or Chromium";

/** The executable of this machine's browser; undefined where there is none. */
export function findBrowser(): string | undefined {
  const named = process.env["CHROME_PATH"];
  if (named) return named;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const files = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].flatMap((name) =>
    folders.map((folder) => path.join(folder, name)),
  );
  files.push("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
  return files.find((file) => fs.existsSync(file));
}

/** Starts it without a window, and without anything that it would do of its own accord. */
export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // As root there is no sandbox, and what is opened here are pages of our own.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

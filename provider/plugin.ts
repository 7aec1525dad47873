/**
 * The native plugin: the process that the engine starts for `nylas:index:…`, and whose port it reads. The engine waits
 * for that, so what is served is loaded after it.
 */
import { servePackage } from "./hosts/plugin/server";
import type * as Package from "./pluginPackage";

/** The engine's address is the last argument. */
const address = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));

// oxlint-disable-next-line typescript/no-require-imports -- see above
void servePackage(() => (require("./pluginPackage") as typeof Package).nylas, address);

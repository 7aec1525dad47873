/** The pages for Python and Go, read on the real engine. `npm run test:sdks` needs Go, Python and the registries. */
import { describePage } from "../native/forms";
import { compiledOnce, withHosts } from "./toolchains";

describePage("python.md", () => ({ env: withHosts() }));
describePage("go.md", () => ({ env: { ...withHosts(), ...compiledOnce } }));

/** The pages for Python and Go, read on the real engine. `npm run test:sdks` needs Go, Python and the registries. */
import { describePage } from "../native/forms";
import { withHosts } from "./toolchains";

describePage("python.md", () => ({ env: withHosts() }));

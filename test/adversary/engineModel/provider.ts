/** The dynamic provider of our resources, in the process that serves it, as the model asks any provider. */
import { OperationError, type Plugin } from "../../plugin/harness";
import { nameOf, opened, type Properties } from "./state";
import { type Provider } from "./vendors";

/** The object is there but not what was wanted: the engine records it with the reasons. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    readonly reasons: string[],
  ) {
    super(reasons.join("\n"));
  }
}

export function dynamicProvider(plugin: Plugin, kind: string, urn: string): Provider {
  const name = nameOf(urn);
  return {
    check: async (olds, news) => {
      const { inputs, failures } = await plugin.check(kind, olds, own(opened(news) as Properties), name);
      return { inputs, failures: failures.map(({ property, reason }) => `${property}: ${reason}`) };
    },
    diff: async (id, olds, news) => {
      const { changes, replaces } = await plugin.diff(kind, id, own(olds), own(news), name);
      return { changes: changes !== false, replaces };
    },
    create: async (inputs) => wrapped(() => plugin.create(kind, own(inputs), name)),
    read: async (id, outputs, inputs) => {
      const read = await plugin.read(kind, id, own(outputs), inputs, name);
      return read.id === "" ? undefined : read;
    },
    update: async (id, olds, news) =>
      (await wrapped(() => plugin.update(kind, id, own(olds), own(news), name))).outputs,
    delete: (id, outputs) => plugin.delete(kind, id, own(outputs), name),
  };
}

async function wrapped<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof OperationError) || !error.partial) throw error;
    const { id, properties, reasons } = error.partial;
    throw new PartialFailure(id, properties, reasons);
  }
}

/** Without the provider's text: the plugin is given the one of this run, which brings the words of its environment. */
function own({ __provider: _text, ...properties }: Properties): Properties {
  return properties;
}

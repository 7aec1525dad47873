import type * as dynamic from "@pulumi/pulumi/dynamic";
import { Comparison } from "../../core/comparison";
import { type CommonInputs, type Definition } from "../../core/definition";
import { type Failure } from "../../core/fields";
import { type Runtime } from "../../core/runtime";
import { Kind } from "../../core/kind";
import { Check } from "../../core/operations/check";
import { Create } from "../../core/operations/create";
import { Delete } from "../../core/operations/delete";
import { Diff } from "../../core/operations/diff";
import { Read } from "../../core/operations/read";
import { Update } from "../../core/operations/update";
import { type Properties } from "../../core/properties";

/**
 * Makes the operations of Pulumi's dynamic provider out of a resource's description. Everything the engine can do to a
 * resource goes through here, so every rule about what may be lost stands once.
 */
export class DynamicProvider<Inputs extends CommonInputs, Remote, Session>
  implements dynamic.ResourceProvider
{
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #check: Check<Inputs, Remote, Session>;
  readonly #diff: Diff<Inputs, Remote, Session>;
  readonly #create: Create<Inputs, Remote, Session>;
  readonly #read: Read<Inputs, Remote, Session>;
  readonly #update: Update<Inputs, Remote, Session>;
  readonly #delete: Delete<Inputs, Remote, Session>;

  /** `load` is called with the first operation: a program does not use every kind of resource. */
  constructor(load: () => Definition<Inputs, Remote, Session>, runtime: Runtime<Session>) {
    const kind = (this.#kind = new Kind(load, runtime));
    this.#comparison = new Comparison(kind);
    this.#check = new Check(kind);
    this.#diff = new Diff(kind);
    this.#create = new Create(kind);
    this.#read = new Read(kind);
    this.#update = new Update(kind);
    this.#delete = new Delete(kind);
  }

  configure(request: { config: { get(key: string): string | undefined } }): Promise<void> {
    return this.#kind.configure(request);
  }

  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    return this.#check.check(olds, news);
  }

  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const { changes, replaces } = await this.#diff.diff(id, olds, news);
    // The native plugin has recorded the outputs last, without the text that every later operation needs.
    const lacksText = news.__provider !== undefined && olds.__provider === undefined;
    return { changes: changes || lacksText, replaces };
  }

  create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    return this.#create.create(inputs);
  }

  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs: Properties }> {
    return this.#read.read(id, props);
  }

  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    return this.#update.update(id, olds, news);
  }

  delete(id: string, props: Properties): Promise<void> {
    return this.#delete.delete(id, props);
  }

  /**
   * What the state would hold of an object if this resource had made it, declared so: for an import file. Asks
   * nobody. `differing` are the inputs that the next preview would show as changed. In a state that is not `settled`,
   * the preview would show an update without any.
   */
  async toStateEntry(
    remote: Remote,
    declared: Properties,
  ): Promise<{
    inputs: Properties;
    outputs: Properties;
    failures: Failure[];
    differing: string[];
    settled: boolean;
  }> {
    const { inputs, failures } = await this.check({}, declared);
    const outputs = this.#comparison.outs(remote, inputs as Inputs, {});
    return {
      inputs,
      outputs,
      failures,
      differing: [...this.#comparison.changed(outputs as Inputs, inputs as Inputs)],
      settled: !(this.#kind.definition.settling?.needsUpdate(outputs, inputs as Inputs) ?? false),
    };
  }
}

import type * as dynamic from "@pulumi/pulumi/dynamic";
import { type CommonInputs } from "../../core/definition";
import { type Failure } from "../../core/fields";
import { LifeCycle } from "../../core/lifeCycle";
import { type Properties } from "../../core/properties";

/** The life cycle of a kind as Pulumi's dynamic provider calls it. */
export class DynamicProvider<Inputs extends CommonInputs, Remote, Session>
  extends LifeCycle<Inputs, Remote, Session>
  implements dynamic.ResourceProvider
{
  override async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; changed: string[] }> {
    const diff = await super.diff(id, olds, news);
    // The native plugin has recorded the outputs last, without the text that every later operation needs.
    const lacksText = news.__provider !== undefined && olds.__provider === undefined;
    return { ...diff, changes: diff.changes || lacksText };
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
    const outputs = this.comparison.outs(remote, inputs as Inputs, {});
    return {
      inputs,
      outputs,
      failures,
      differing: [...this.comparison.changed(outputs as Inputs, inputs as Inputs)],
      settled: !(this.kind.definition.settling?.needsUpdate(outputs, inputs as Inputs) ?? false),
    };
  }
}

import { Comparison } from "./comparison";
import { type CommonInputs, type Definition } from "./definition";
import { type Failure } from "./fields";
import { Kind } from "./kind";
import { Check } from "./operations/check";
import { Create } from "./operations/create";
import { Delete } from "./operations/delete";
import { Diff } from "./operations/diff";
import { Read } from "./operations/read";
import { Update } from "./operations/update";
import { type Properties } from "./properties";
import { type Runtime } from "./runtime";

/**
 * Makes the engine's operations out of a resource's description. Everything the engine can do to a resource goes
 * through here, whichever host serves it. So every rule about what may be lost stands once.
 */
export class LifeCycle<Inputs extends CommonInputs, Remote, Session> {
  readonly kind: Kind<Inputs, Remote, Session>;
  readonly comparison: Comparison<Inputs, Remote, Session>;
  readonly #check: Check<Inputs, Remote, Session>;
  readonly #diff: Diff<Inputs, Remote, Session>;
  readonly #create: Create<Inputs, Remote, Session>;
  readonly #read: Read<Inputs, Remote, Session>;
  readonly #update: Update<Inputs, Remote, Session>;
  readonly #delete: Delete<Inputs, Remote, Session>;

  /** `load` is called with the first operation: a program does not use every kind of resource. */
  constructor(load: () => Definition<Inputs, Remote, Session>, runtime: Runtime<Session>) {
    const kind = (this.kind = new Kind(load, runtime));
    this.comparison = new Comparison(kind);
    this.#check = new Check(kind);
    this.#diff = new Diff(kind);
    this.#create = new Create(kind);
    this.#read = new Read(kind);
    this.#update = new Update(kind);
    this.#delete = new Delete(kind);
  }

  configure(request: { config: { get(key: string): string | undefined } }): Promise<void> {
    return this.kind.configure(request);
  }

  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    return this.#check.check(olds, news);
  }

  /** `changed` are the declared inputs that differ. */
  diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; changed: string[] }> {
    return this.#diff.diff(id, olds, news);
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
}

import { Comparison } from "./comparison";
import { type CommonInputs } from "./definition";
import { type Kind } from "./kind";
import { text } from "./properties";
import { lets } from "./standing";

/** Decides which changes to an object that stands are refused. Pure: no call leaves the process. */
export class Refusals<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
  }

  /**
   * Why a change to an object that stands is not made: it would lose something without notice, or the API cannot make
   * it. It is no failure of check, which would end the program and everything else with it. Diff answers "update",
   * and update refuses before anything is written.
   */
  refusal(olds: Inputs, news: Inputs): string | undefined {
    const lossy = this.#lossyReplacements(olds, news);
    // What takes the place of another is not held to what that one was.
    const isReplaced = lossy.length === 0 && this.#comparison.replaced(olds, news).length > 0;
    const refused = [
      ...lossy,
      ...(isReplaced ? [] : (this.#kind.definition.validation?.refusals?.(news, olds) ?? [])),
    ];
    return refused.length > 0 ? refused.join("\n") : undefined;
  }

  #lossyReplacements(olds: Inputs, news: Inputs): string[] {
    const { replacement } = this.#kind.definition;
    const never = replacement?.neverReason?.(olds);
    if (!replacement || (lets("forceDestroy", olds, news) && never === undefined)) return [];
    const wayOn =
      never ??
      "If that is what you want, say so in a change of its own first: forceDestroy: true, then pulumi up, then this change, with that line still there. To keep both, " +
        "declare the new one as another resource.";
    return this.#comparison
      .replaced(olds, news)
      .map(
        (property) =>
          `${property}: changing ${text(olds[property])} to ${text(news[property])} would replace the ` +
          `${this.#kind.definition.noun}, and replacing it ${replacement.loses(olds)}. Nothing was changed. ${wayOn}`,
      );
  }
}

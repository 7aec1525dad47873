/** What a campaign found: the first seed of each kind of loss in full, and the numbers of the others. */
import { type Outcome } from "./act";
import { type CampaignOptions } from "./campaign";
import { type Answer } from "./worker";

export class Report {
  readonly #began = performance.now();
  readonly #byKind = new Map<string, Outcome[]>();
  readonly #broken: Answer[] = [];
  readonly #themes = new Map<string, number>();
  #seeds = 0;
  #milliseconds = 0;

  constructor(private readonly options: CampaignOptions) {}

  get failed(): number {
    return this.#broken.length + [...this.#byKind.values()].reduce((sum, { length }) => sum + length, 0);
  }

  get failures(): number[] {
    const outcomes = [...this.#byKind.values()].flat();
    return [...outcomes, ...this.#broken].map(({ seed }) => seed).sort((a, b) => a - b);
  }

  add(answer: Answer): void {
    this.#seeds++;
    if (!answer.outcome) this.#broken.push(answer);
    else this.#addOutcome(answer.outcome);
    if (this.options.progress && this.#seeds % 50 === 0)
      console.error(`${this.#seeds} seeds, ${this.failed} failed`);
  }

  text(): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const kinds = [...this.#byKind].sort(([a], [b]) => a.localeCompare(b));
    const lines = kinds.flatMap(([kind, outcomes]) => {
      outcomes.sort((a, b) => a.seed - b.seed);
      const shown = this.options.all ? outcomes : outcomes.slice(0, 1);
      const seeds = outcomes.map(({ seed }) => seed);
      return [
        `${kind}: ${outcomes.length} ${outcomes.length === 1 ? "seed" : "seeds"} (${seeds.slice(0, 12).join(", ")}${seeds.length > 12 ? ", …" : ""})`,
        ...shown.flatMap((outcome) => this.#told(outcome)),
        "",
      ];
    });
    const broken = this.#broken
      .slice(0, 5)
      .map(({ seed, broken: why }) => `seed ${seed} could not be run: ${why}\n`);
    const themes = [...this.#themes].map(([theme, count]) => `${theme} ${count}`).join(", ");
    return [
      ...lines,
      ...broken,
      `${this.#seeds} seeds ${this.options.engine ? "on the engine" : "on the plugin process"} in ${seconds.toFixed(0)} s (${(this.#milliseconds / this.#seeds).toFixed(0)} ms each): ${themes}.`,
      this.failed === 0 ? "Nothing was lost without a word for it." : `${this.failed} failed.`,
    ].join("\n");
  }

  #addOutcome(outcome: Outcome): void {
    this.#milliseconds += outcome.milliseconds;
    this.#themes.set(outcome.theme, (this.#themes.get(outcome.theme) ?? 0) + 1);
    if (this.options.stories)
      console.log(`seed ${outcome.seed}: ${outcome.theme}\n    ${outcome.story.join("\n    ")}`);
    const [first] = outcome.violations;
    if (!first) return;
    const kind = `${outcome.theme} / ${first.rule}`;
    if (this.options.progress) console.error(`seed ${outcome.seed}: ${kind}: ${first.text}`);
    this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), outcome]);
  }

  #told({ seed, violations, story }: Outcome): string[] {
    const { engine, theme, dialect } = this.options;
    const again = [
      `--seeds 1 --first ${seed}`,
      ...(engine ? ["--engine"] : []),
      ...(theme === undefined ? [] : [`--theme ${JSON.stringify(theme)}`]),
      ...(dialect === "plain" ? ["--words plain"] : []),
    ].join(" ");
    return [
      ...violations.slice(0, 4).map(({ rule, text }) => `  ${rule}: ${text}`),
      ...story.map((line) => `    ${line}`),
      `  again: npm run test:adversary -- ${again}`,
    ];
  }
}

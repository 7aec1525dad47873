/** Programs in TypeScript, for either host. */
import { TABLES } from "../../../properties";
import { comment, Expression, literal } from "../code";
import { Names, variable } from "../names";
import { type Declared, Dns, Mailbox, type Program, Reference, referredTo, sectionsOf } from "../program";

/** Components are made of dynamic resources in Node, whichever host serves the rest. */
export function typescript(program: Program, host: "dynamic" | "native"): string {
  const names = new Names();
  const variables = new Map(
    program.statements.map((each) => [each, names.unique(variable(each.name, each.noun), "")]),
  );
  const used = referredTo(program);
  const imports = new Map<string, Set<string>>();
  const imported = (module: string, name: string): string => {
    imports.set(module, (imports.get(module) ?? new Set()).add(name));
    return name;
  };
  const classOf = (declared: Declared): string => {
    if (declared.of === "vendor") return imported(declared.resource.module, declared.resource.className);
    if (declared.of === "component") return imported("pulumi-nylas", declared.type);
    const { className } = Object.values(TABLES).find(({ type }) => type === declared.type)!;
    return imported(host === "native" ? "pulumi-nylas/native" : "pulumi-nylas", className);
  };
  const written = (value: unknown): unknown => {
    if (value instanceof Reference)
      return new Expression(`${variables.get(value.to)}${value.output === "id" ? ".id" : ""}`);
    if (value instanceof Mailbox)
      return new Expression(`${variables.get(value.domain)}.mailbox(${literal(value.alias)})`);
    if (value instanceof Dns) {
      const { module, functionName } = value.adapter;
      return new Expression(`${imported(module, functionName)}(${literal(value.args, 2)})`);
    }
    if (Array.isArray(value)) return value.map(written);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, written(member)]));
  };
  const body = sectionsOf(program).flatMap(({ title, statements }) => [
    "",
    comment(title),
    ...statements.flatMap((each) => {
      const { comments, declared, name, args, isProtected } = each;
      const isEmpty = Object.values(args).every((value) => value === undefined);
      const rest = `${isEmpty ? "" : `, ${literal(written(args))}`}${isProtected ? ", { protect: true }" : ""}`;
      const assigned = used.has(each) ? `const ${variables.get(each)} = ` : "";
      return ["", ...comments.map(comment), `${assigned}new ${classOf(declared)}(${literal(name)}${rest});`];
    }),
  ]);
  const rest = program.left.length === 0 ? [] : ["", ...program.left.map(comment)];
  const modules = importLines(imports);
  return [
    ...program.head("{ protect: true }").map(comment),
    "",
    // Without anything imported or exported it would be a script, whose names are everybody's.
    ...(modules.length > 0 ? modules : ["export {};"]),
    ...body,
    ...rest,
    "",
  ].join("\n");
}

function importLines(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...imports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => {
      const list = [...names].sort();
      const line = `import { ${list.join(", ")} } from "${module}";`;
      return line.length <= 110
        ? line
        : `import {\n${list.map((each) => `  ${each},\n`).join("")}} from "${module}";`;
    });
}

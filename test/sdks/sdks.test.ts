/** SDKs from the schema compile, and so does a program with each resource. `npm run test:sdks` needs Go, Python and the registries. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildGenerator, examplesFolder, go, writeExamples, writeSdks } from "../../scripts/sdk";
import * as fc from "fast-check";
import { PRINTERS } from "../../provider/cli/import/languages";
import { quoted } from "../../provider/cli/import/languages/text";
import { importedProgram, ODD } from "../unit/cli/importFixture";
import { pythonOfTests } from "./toolchains";

const root = path.join(__dirname, "../..");
const folder = path.join(root, ".work/sdks");
const names = fs
  .readdirSync(examplesFolder)
  .flatMap((file) => (file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []));

/** What Python's checker says of programs in a folder of ours, beside what it says of the SDK itself. */
function mypy(programs: string): string[] {
  const python = pythonOfTests();
  try {
    execFileSync(python, ["-m", "mypy", "--scripts-are-modules", "--follow-imports=silent", programs], {
      cwd: folder,
      env: { ...process.env, MYPYPATH: path.join(folder, "python") },
      stdio: "pipe",
    });
    return [];
  } catch (error) {
    const said = String((error as { stdout: Buffer }).stdout);
    const faults = said.split("\n").filter((line) => / error: /.test(line));
    assert.ok(faults.length > 0, said);
    return faults;
  }
}

describe("SDKs from the schema", () => {
  let generator: string;

  before(function () {
    this.timeout(1_200_000);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    generator = buildGenerator();
    writeSdks(generator, folder);
  });

  it("there is an example for each resource", () => {
    const { resources } = JSON.parse(
      fs.readFileSync(path.join(root, "provider/hosts/plugin/schema.json"), "utf8"),
    ) as { resources: object };
    assert.deepEqual(
      names.toSorted(),
      Object.keys(resources)
        .map((token) => token.split(":")[2]!)
        .toSorted(),
    );
  });

  it("the examples are what npm run sdk makes", () => {
    const copy = path.join(folder, "examples");
    fs.mkdirSync(copy);
    for (const name of names)
      fs.copyFileSync(path.join(examplesFolder, `${name}.yaml`), path.join(copy, `${name}.yaml`));
    writeExamples(generator, copy);
    const files = fs.readdirSync(path.join(examplesFolder, "made"));
    assert.deepEqual(fs.readdirSync(path.join(copy, "made")), files);
    for (const file of files)
      assert.equal(
        fs.readFileSync(path.join(copy, "made", file), "utf8"),
        fs.readFileSync(path.join(examplesFolder, "made", file), "utf8"),
        file,
      );
  }).timeout(60_000);

  it("Python: the SDK compiles, and mypy has nothing against the examples", () => {
    const programs = path.join(folder, "programs-python");
    copyExamples(programs, ".py");
    execFileSync("python3", ["-m", "compileall", "-q", "python"], { cwd: folder });
    // mypy does not take an output that is an object for an input of the same members. At run time it is one.
    const ofVerification = /DomainVerification\.py:\d+: error: Argument "records" .* "Output\[RecordSlots\]"/;
    assert.deepEqual(
      mypy(programs).filter((fault) => !ofVerification.test(fault)),
      [],
    );
  }).timeout(600_000);

  it("Python: mypy has nothing against a program that pulumi-nylas import writes, which compiles", () => {
    const programs = path.join(folder, "programs-imported");
    fs.mkdirSync(programs);
    const text = PRINTERS.python(importedProgram({ withVendor: false }), "native");
    fs.writeFileSync(path.join(programs, "imported.py"), text);
    execFileSync("python3", ["-m", "py_compile", "imported.py"], { cwd: programs });
    assert.deepEqual(mypy(programs), []);
  }).timeout(600_000);

  it("Python and Go read each text of a written program as the text that it was", () => {
    const texts = [
      ODD,
      ...fc
        .sample(fc.string({ unit: "binary" }), { numRuns: 500, seed: 1 })
        .map((text) => text.replace(/\p{Cs}/gu, "\uFFFD")),
    ];
    const programs = path.join(folder, "programs-texts");
    fs.mkdirSync(programs);
    const lines = texts.map((text) => `\t${quoted(text)},\n`).join("");
    fs.writeFileSync(
      path.join(programs, "texts.py"),
      `import json\nprint(json.dumps([\n${lines.replaceAll("\t", "    ")}]))\n`,
    );
    fs.writeFileSync(
      path.join(programs, "texts.go"),
      `package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nfunc main() {\n\t_ = json.NewEncoder(os.Stdout).Encode([]string{\n${lines}})\n}\n`,
    );
    const said = (command: string, ...args: string[]) =>
      JSON.parse(execFileSync(command, args, { cwd: programs, encoding: "utf8" })) as unknown;
    assert.deepEqual(said("python3", "texts.py"), texts);
    assert.deepEqual(said("go", "run", "texts.go"), texts);
  }).timeout(300_000);

  it("Python: mypy finds a word and an argument that the schema does not have", () => {
    const programs = path.join(folder, "programs-wrong");
    fs.mkdirSync(programs);
    fs.writeFileSync(
      path.join(programs, "wrong.py"),
      'import pulumi_nylas as nylas\nnylas.List("a", type=3)\nnylas.List("b", type=nylas.ListType.DOMAIN, itmes=[])\n',
    );
    const lines = mypy(programs).map((fault) => /wrong\.py:(\d+):/.exec(fault)?.[1]);
    assert.deepEqual([...new Set(lines)], ["2", "3"]);
  }).timeout(600_000);

  it("Go: vet has nothing against the SDK, the examples and a program that pulumi-nylas import writes", () => {
    // The SDK is a module of its own, as `pulumi package` writes it for a program.
    const sdk = "github.com/pulumi-nylas/pulumi-nylas/sdk/go";
    const own = fs.readFileSync(path.join(root, "scripts/sdk/go.mod"), "utf8");
    fs.writeFileSync(
      path.join(folder, "go.mod"),
      `${own.replace(/^module .*/, "module programs")}\nrequire ${sdk} v0.0.0\nreplace ${sdk} => ./go\n`,
    );
    fs.copyFileSync(path.join(root, "scripts/sdk/go.sum"), path.join(folder, "go.sum"));
    for (const name of names) {
      fs.mkdirSync(path.join(folder, "programs-go", name), { recursive: true });
      fs.copyFileSync(
        path.join(examplesFolder, "made", `${name}.go`),
        path.join(folder, "programs-go", name, "main.go"),
      );
    }
    const imported = path.join(folder, "programs-go", "imported");
    fs.mkdirSync(imported, { recursive: true });
    const text = PRINTERS.go(importedProgram({ withVendor: false }), "native");
    fs.writeFileSync(path.join(imported, "main.go"), text);
    assert.equal(execFileSync("gofmt", ["-d", imported], { encoding: "utf8" }), "");
    go(["vet", "-mod=mod", "-trimpath", `${sdk}/nylas/...`, "./programs-go/..."], folder);
  }).timeout(1_200_000);

  it("Node: tsc has nothing against the SDK and the examples", () => {
    copyExamples(path.join(folder, "programs-node"), ".ts");
    fs.writeFileSync(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          target: "es2022",
          module: "node16",
          moduleResolution: "node16",
          noEmit: true,
          skipLibCheck: true,
          types: ["node"],
          paths: { "pulumi-nylas-native": ["./nodejs/index.ts"] },
        },
        include: ["nodejs/**/*.ts", "programs-node/**/*.ts"],
      }),
    );
    execFileSync(path.join(root, "node_modules/.bin/tsc"), ["-p", folder], { stdio: "inherit" });
  }).timeout(600_000);
});

function copyExamples(target: string, ending: string): void {
  fs.mkdirSync(target);
  for (const name of names)
    fs.copyFileSync(path.join(examplesFolder, "made", name + ending), path.join(target, name + ending));
}

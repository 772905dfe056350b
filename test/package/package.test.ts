import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { siteWith } from "../support/site.ts";

/**
 * What `npm pack` gives, installed in a plain JavaScript project that has nothing else: its command line, its library and
 * its types, on every Node.js that we promise.
 */
const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), "reveille-package-"));
const site = siteWith({ nodes: [{ name: "pc1" }] });
let tarball = "";

before(async () => {
  const { stdout } = await npm(root, "pack", "--json", "--pack-destination", project);
  // The build that runs first may say something; the list is the last that is printed.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as { filename: string }[];
  assert.ok(packed);
  tarball = join(project, packed.filename);
  write("package.json", JSON.stringify({ name: "somebody-elses", private: true, type: "module" }));
  // Node.js 22 comes as a package, too.
  await npm(project, "install", "--no-audit", "--no-fund", tarball, "node@22", "typescript@6", "@types/node@20");
});
after(() => rmSync(project, { recursive: true, force: true }));

function npm(cwd: string, ...args: readonly string[]) {
  // What npm set for the run of these tests would make it think of our own package.
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  return run("npm", args, { cwd, env: Object.fromEntries(environment), maxBuffer: 64 * 1024 * 1024 });
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

const nodes = [
  { name: `Node.js ${process.versions.node}`, bin: process.execPath },
  { name: "Node.js 22", bin: join(project, "node_modules/node/bin/node") },
];

test("publint finds nothing wrong with the package", async () => {
  const packed = readFileSync(tarball);
  const { messages } = await publint({ pack: { tarball: packed.buffer }, strict: true });
  const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("the types are those of what is imported, by attw", async () => {
  // Its exit status says whether it found a problem; what it lists of other resolutions than ESM's is passed over.
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const { stdout } = await run(process.execPath, [attw, tarball, "--profile", "esm-only", "--format", "ascii"]);
  assert.equal(stdout.match(/node16 \(from ESM\): 🟢/g)?.length, 2, stdout);
});

for (const { name, bin } of nodes) {
  test(`a plain JavaScript project reboots a node through the seed's interface on ${name}`, async () => {
    write(
      "reboot.mjs",
      `import { nodereboot, nodereboot_wait } from "reveille";
       const results = {};
       const handle = await nodereboot({ nodelist: ["pc1"], powercycle: true, asyncmode: true }, results);
       console.log(await nodereboot_wait(handle), results.pc1.outcome);`,
    );
    const { stdout } = await run(bin, ["reboot.mjs"], {
      cwd: project,
      env: { ...process.env, REVEILLE_CONTEXT: site.contextFileOf("admin") },
    });
    assert.equal(stdout.trim(), "0 succeeded");
  });

  test(`the installed command line asks the site on ${name}`, async () => {
    const { stdout } = await run(bin, [join(project, "node_modules/.bin/reveille"), "nodes", "--json"], {
      cwd: project,
      env: { ...process.env, REVEILLE_CONTEXT: site.contextFileOf("admin") },
    });
    assert.equal((JSON.parse(stdout) as { nodes: { node: string }[] }).nodes[0]?.node, "pc1");
  });
}

test("types lead the hand: an unknown argument, or a missing one, does not compile", async () => {
  write(
    "use.ts",
    `import { connect, findContext, nodereboot, type Operation } from "reveille";
     import type { Results } from "reveille/contracts";
     const results: Results = {};
     const code: number = await nodereboot({ nodelist: ["pc1"], waitmode: true }, results);
     const operation: Operation | -1 = await nodereboot({ nodelist: ["pc1"], asyncmode: true }, results);
     // @ts-expect-error: there is no such argument
     await nodereboot({ nodelist: ["pc1"], wiatmode: true }, results);
     const context = await findContext({ env: process.env, cwd: ".", home: "." });
     await using reveille = await connect(context);
     // @ts-expect-error: an action is one of the catalogue
     await reveille.power({ action: "explode", nodelist: ["pc1"] });
     console.log(code, operation, results["pc1"]?.reason);`,
  );
  const options = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--lib",
    "es2023,esnext.disposable",
  ];
  const tsc = join(project, "node_modules/typescript/bin/tsc");
  const { stdout } = await run(process.execPath, [tsc, ...options, "--skipLibCheck", "--types", "node", "use.ts"], {
    cwd: project,
  }).catch((error: unknown) => error as { stdout: string });
  assert.equal(stdout, "");
});

test("the AsyncAPI document is one to AsyncAPI's own parser, with every file that it refers to", async () => {
  // Its packages would have a script report the installation to a stranger.
  await npm(project, "install", "--no-audit", "--no-fund", "--ignore-scripts", "@asyncapi/parser@3");
  write(
    "asyncapi.mjs",
    `import { readFileSync } from "node:fs";
     import { Parser } from "@asyncapi/parser";
     const [, , source] = process.argv;
     const { document, diagnostics } = await new Parser().parse(readFileSync(source, "utf8"), { source });
     const faults = diagnostics.filter(({ severity }) => severity <= 1).map(({ code, message }) => code + " " + message);
     console.log(JSON.stringify({ version: document?.version(), channels: document?.channels().length > 0, faults }));`,
  );
  const source = join(root, "docs/contracts/asyncapi.json");
  const { stdout } = await run(process.execPath, ["asyncapi.mjs", source], { cwd: project });
  assert.deepEqual(JSON.parse(stdout), { version: "3.0.0", channels: true, faults: [] });
});

import assert from "node:assert/strict";
import { mkdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ImageSummary, NodeResult } from "../../contracts/index.ts";
import { type BmcTarget, type IpmiClient, createIpmiClient } from "../../infra/ipmi-js/index.ts";
import { createRandomImage } from "../../infra/images/index.ts";
import type { FaultName } from "../../infra/simulator/index.ts";
import { digestOfDisk } from "../support/disk-digest.ts";
import { type ResultsDocument, documentOf, siteWith } from "../support/site.ts";

/** The fault table's column of reload: `outcome reason via attempts`. */
const table: Readonly<Record<"sound" | FaultName, string>> = {
  sound: "succeeded isup ssh 1",
  "bmc-dead": "succeeded isup ssh 1",
  "bmc-wrong-password": "succeeded isup ssh 1",
  "bmc-slow": "succeeded isup ssh 1",
  "bmc-busy": "succeeded isup ssh 1",
  "bmc-lossy": "succeeded isup ssh 1",
  "ssh-hangs": "succeeded isup power-cycle 1",
  "powered-off": "succeeded isup power-on 1",
  "hangs-in-bios": "failed reload-not-started - 2",
  "never-boots": "failed reload-not-started - 2",
  "falls-off-reload": "succeeded isup power-cycle 2",
  "corrupts-image": "failed hash-mismatch - 2",
  "dies-mid-load": "succeeded isup power-on 2",
  "short-disk": "failed short-disk - 1",
};
const rows = Object.keys(table) as (keyof typeof table)[];

const site = siteWith({
  nodes: [
    ...rows.map((name) => ({ name: `n-${name}`, ...(name === "sound" ? {} : { fault: name }) })),
    { name: "gone", fault: "never-boots" as const },
    ...["two", "plain", "left", "pc1", "pc2", "custom"].map((name) => ({ name })),
  ],
  users: [{ name: "ann", projects: ["demo"] }],
  experiments: [{ name: "demo/lab", nodes: ["custom"] }],
  images: [{ name: "base" }, { name: "home", sizeMiB: 2 }, { name: "missing", missing: true }],
});

async function imageNamed(name: string): Promise<ImageSummary> {
  const { stdout } = await site.runHere(["images", name, "--json"]);
  const [image] = (JSON.parse(stdout) as { images: ImageSummary[] }).images;
  return image!;
}

function bmcOf(node: string): BmcTarget {
  const { address, bmcPort, bmcUsername, bmcPassword } = site.fleet.nodes.find(({ name }) => name === node)!;
  return { address, port: bmcPort, username: bmcUsername, password: bmcPassword };
}

async function holds(node: string, ...images: string[]): Promise<void> {
  const { diskFile } = site.fleet.nodes.find(({ name }) => name === node)!;
  for (const name of images) {
    const { rawBytes, sha256 } = await imageNamed(name);
    assert.equal(await digestOfDisk(diskFile!, rawBytes!), sha256, `${node} holds ${name}`);
  }
}

const inWords = ({ outcome, reason, via, attempts }: NodeResult) => `${outcome} ${reason} ${via ?? "-"} ${attempts}`;

describe("a reload of nodes with faults", () => {
  let document: ResultsDocument;
  let status: number | null;
  let theirs: IpmiClient;
  before(async () => {
    // Somebody sits at this one's console, and is not to be disturbed.
    theirs = createIpmiClient();
    await theirs.openConsole(bmcOf("n-never-boots"));
    const end = await site.run(["reload", ...rows.map((name) => `n-${name}`), "--booted", "--yes", "--json"]);
    [document, status] = [documentOf(end), end.status];
  });

  after(() => theirs.close());

  for (const name of rows) {
    test(`a node with ${name === "sound" ? "no fault" : name} ends as the table says`, async () => {
      const result = document.results[`n-${name}`]!;
      assert.equal(inWords(result), table[name]);
      if (result.outcome === "succeeded") await holds(`n-${name}`, "base");
    });
  }

  test("the code and the exit status count the failures", () => {
    const failed = rows.filter((name) => table[name].startsWith("failed")).length;
    assert.deepEqual([document.code, status], [failed, failed]);
  });

  test("a failing ramdisk's log comes with the result", () => {
    const { evidence } = document.results["n-corrupts-image"]!;
    assert.match(evidence?.bootLog ?? "", /hash-mismatch/u);
  });

  test("what a failing node's console showed in the second attempt comes with the result, without the token", () => {
    const consoleOf = (name: FaultName) => document.results[`n-${name}`]!.evidence?.console;
    assert.match(consoleOf("hangs-in-bios")!, /waiting for the PCI bus$/u);
    assert.match(consoleOf("corrupts-image")!, /reveille\.token=…\n(?:.*\n)*reveille: hash-mismatch/u);
  });

  test("a console that somebody else has costs nothing, and one is opened for no node that failed once or not at all", () => {
    const shown = Object.entries(document.results).filter(([, { evidence }]) => evidence?.console !== undefined);
    assert.deepEqual(shown.map(([node]) => node).sort(), ["n-corrupts-image", "n-hangs-in-bios"]);
  });
});

describe("a reload", () => {
  test("of an image whose file is missing fails each node at once, and no node's power is touched", async () => {
    const document = documentOf(await site.run(["reload", "pc[1-2]", "-i", "missing", "--json"]));
    assert.deepEqual(Object.values(document.results).map(inWords), [
      "failed image-file-missing - 0",
      "failed image-file-missing - 0",
    ]);
    const journals = await Promise.all(["pc1", "pc2"].map((node) => site.fleet.journal(node)));
    assert.ok(journals.flat().every(({ kind }) => kind !== "down" && kind !== "power"));
  });

  test("of two images writes them in order, and tells both digests", async () => {
    const document = documentOf(await site.run(["reload", "two", "-i", "base", "-i", "home", "--json"]));
    const result = document.results["two"]!;
    assert.equal(inWords(result), "succeeded image-loaded ssh 1");
    assert.deepEqual(
      result.evidence!.loaded!.map(({ image }) => image),
      ["base", "home"],
    );
    await holds("two", "home");
  });

  test("leaves a node that a later reboot starts from what was loaded, without a second load", async () => {
    assert.equal((await site.run(["reload", "plain", "-b"])).status, 0);
    assert.equal((await site.run(["reboot", "plain", "--wait"])).status, 0);
    const scripts = (await site.fleet.journal("plain")).flatMap((entry) =>
      entry.kind === "script" ? [entry.boot] : [],
    );
    assert.deepEqual(scripts.slice(-3), ["loader", "disk", "disk"]);
    await holds("plain", "base");
  });

  test("that nobody waits for is carried out all the same", async () => {
    const document = documentOf(await site.run(["reload", "left", "--no-wait", "--json"]));
    assert.equal(inWords(document.results["left"]!), "succeeded load-begun ssh 1");
    await using reveille = await site.connectAs();
    for (let state = ""; state !== "ISUP";) {
      const reply = await reveille.query("history", { node: "left", limit: 20 });
      const entries = reply.ok ? reply.answer.entries : [];
      state = entries.some((entry) => entry.state === "RELOADDONE") ? entries[0]!.state : "";
    }
    await holds("left", "base");
  });
});

test("a node that nobody waits for is busy to whoever would cut its load short, by its operation, unless they insist", async () => {
  const begun = documentOf(await site.runHere(["reload", "gone", "--no-wait", "--json"]));
  assert.equal(inWords(begun.results["gone"]!), "succeeded load-begun ssh 1");
  for (const words of [
    ["reboot", "gone"],
    ["power", "cycle", "gone"],
  ]) {
    const { outcome, evidence } = documentOf(await site.runHere([...words, "--json"])).results["gone"]!;
    assert.deepEqual([outcome, evidence?.holder], ["busy", begun.op], words.join(" "));
  }
  assert.equal(documentOf(await site.runHere(["reboot", "gone", "--force", "--json"])).code, 0);
});

describe("an image that a member adds", () => {
  test("is made of a raw disk, loaded byte for byte, and is neither removed nor damaged unseen", async () => {
    const images = join(site.dir, "images");
    await mkdir(join(images, "demo"));
    await createRandomImage(join(images, "demo", "own.raw"), { sizeMiB: 6, seed: "own" });
    const ann = (...args: string[]) => site.run([...args, "--json"], { user: "ann" });

    const added = await ann("image", "add", "own", "demo/own.raw", "--project", "demo", "--max-loads", "1");
    assert.deepEqual([added.status, added.stderr], [0, ""]);
    const { code, rawBytes } = JSON.parse(added.stdout) as { code: number; rawBytes: number };
    assert.deepEqual([code, rawBytes], [0, 6 * 1024 * 1024]);
    assert.equal(documentOf(await ann("reload", "custom", "-i", "own")).code, 0);
    const { diskFile } = site.fleet.nodes.find(({ name }) => name === "custom")!;
    const raw = await readFile(join(images, "demo", "own.raw"));
    assert.ok((await readFile(diskFile!)).subarray(0, raw.length).equals(raw), "the disk holds what the file holds");

    assert.equal((await ann("image", "verify", "own")).status, 0);
    await truncate(join(images, "own.zst"), 1_000);
    const verified = await site.run(["image", "verify", "own"], { user: "ann" });
    assert.equal(verified.status, 1);
    assert.match(verified.stdout, /^own: image-digest-mismatch — .*1000 bytes/u);
    assert.equal((await ann("image", "remove", "own")).status, 0);
    assert.equal(documentOf(await ann("reload", "custom", "-i", "own")).reason, "image-unknown");
  });
});

describe("a reload that is cancelled", () => {
  test("ends the node that waits for its ramdisk, and leaves it to boot from its disk", async () => {
    await using reveille = await site.connectAs();
    const operation = await reveille.reload({ nodelist: ["n-hangs-in-bios"] });
    for await (const event of operation) if (event.kind === "step" && event.phase === "load") break;
    assert.equal((await site.run(["cancel", operation.id])).status, 0);
    const { code, results } = await operation.wait();
    const { outcome, reason } = results["n-hangs-in-bios"]!;
    assert.deepEqual([code, outcome, reason], [1, "cancelled", "cancelled-by-user"]);
    assert.equal(documentOf(await site.run(["reload", "n-hangs-in-bios", "--no-reboot", "--json"])).code, 0);
  });
});

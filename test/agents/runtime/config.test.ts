import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AgentConfigError, readAgentsConfig, sectionOf } from "../../../agents/runtime/config.ts";
import { scratchFolder } from "../../infra/embedded/support/scratch.ts";

const registry = { keyFile: "registry.nk", databaseUrlFile: "/secrets/registry.url" };
const reload = { keyFile: "x", databaseUrlFile: "x", imageDir: "x", signingKeyFile: "x" };
const valid = { site: "local", url: "nats://127.0.0.1:4222", agents: { registry } };

function write(t: TestContext, content: unknown): { readonly dir: string; readonly file: string } {
  const dir = scratchFolder(t);
  const file = join(dir, "agents.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return { dir, file };
}

test("paths are relative to the file they stand in", async (t) => {
  const { dir, file } = write(t, { ...valid, ca: "ca.pem" });
  const config = await readAgentsConfig(file);
  assert.equal(config.ca, join(dir, "ca.pem"));
  assert.deepEqual(sectionOf(config, "registry"), { ...registry, keyFile: join(dir, "registry.nk") });
});

test("multicast is off unless its interface is named", async (t) => {
  const read = async (section: object) =>
    sectionOf(await readAgentsConfig(write(t, { ...valid, agents: { reload: section } }).file), "reload").multicast;
  assert.equal(await read(reload), undefined);
  assert.deepEqual(await read({ ...reload, multicast: { interface: "eth1" } }), { interface: "eth1" });
});

test("an agent without a section is refused by name", async (t) => {
  const config = await readAgentsConfig(write(t, valid).file);
  assert.throws(() => sectionOf(config, "boot"), { code: "agent-config-unusable", message: /agents\.boot/ });
});

const faults: Readonly<Record<string, unknown>> = {
  "no JSON": "{ site: local",
  "no site": { ...valid, site: undefined },
  "a site with a dot": { ...valid, site: "a.b" },
  "a URL of another kind": { ...valid, url: "http://127.0.0.1" },
  "a field that nobody knows": { ...valid, password: "secret" },
  "an agent that nobody knows": { ...valid, agents: { janitor: registry } },
  "multicast without an interface": { ...valid, agents: { reload: { ...reload, multicast: { windowS: 30 } } } },
  "a section without its key": { ...valid, agents: { registry: { databaseUrlFile: "x" } } },
};
for (const [what, content] of Object.entries(faults)) {
  test(`a config with ${what} is refused with the file's name`, async (t) => {
    const { file } = write(t, content);
    const named = (error: unknown) => error instanceof AgentConfigError && error.message.includes(file);
    await assert.rejects(readAgentsConfig(file), named);
  });
}

test("a file that is not there is refused with its name", async () => {
  await assert.rejects(readAgentsConfig("/nowhere/agents.json"), AgentConfigError);
});

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { ContextError, findContext, readContext } from "../../bus/index.ts";

const good = { site: "local", url: "nats://127.0.0.1:4222", user: "alice", keyFile: "keys/alice.nk" };

/** A working folder and a home, both empty. */
function emptyPlaces(t: TestContext): { cwd: string; home: string; env: Record<string, string> } {
  const dir = mkdtempSync(join(tmpdir(), "reveille-context-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [cwd, home] = [join(dir, "cwd"), join(dir, "home")];
  for (const folder of [cwd, home]) mkdirSync(folder);
  return { cwd, home, env: {} };
}

function write(path: string, content: unknown): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("a context is looked for in its places, in their order", async (t) => {
  const places = emptyPlaces(t);
  const { cwd, home } = places;
  await assert.rejects(findContext(places), (error: unknown) => {
    assert.ok(error instanceof ContextError);
    assert.ok(error.message.includes(join(cwd, ".reveille", "context.json")));
    assert.ok(error.message.includes(join(home, ".config", "reveille", "context.json")));
    assert.match(error.message, /reveille up.*REVEILLE_CONTEXT/);
    return true;
  });

  write(join(home, ".config", "reveille", "context.json"), { ...good, user: "from-home" });
  assert.equal((await findContext(places)).user, "from-home");

  write(join(cwd, ".reveille", "context.json"), { ...good, user: "from-cwd" });
  assert.equal((await findContext(places)).user, "from-cwd");

  write(join(cwd, "env.json"), { ...good, user: "from-env" });
  const env = { REVEILLE_CONTEXT: "env.json" };
  assert.equal((await findContext({ ...places, env })).user, "from-env");

  const path = write(join(cwd, "asked.json"), { ...good, user: "from-path" });
  assert.equal((await findContext({ ...places, env, path })).user, "from-path");
});

test("a context that is asked for and missing is an error, whatever lies in the usual places", async (t) => {
  const places = emptyPlaces(t);
  write(join(places.cwd, ".reveille", "context.json"), good);
  await assert.rejects(findContext({ ...places, path: "missing.json" }), ContextError);
  await assert.rejects(findContext({ ...places, env: { REVEILLE_CONTEXT: "missing.json" } }), ContextError);
  assert.equal((await findContext({ ...places, env: { REVEILLE_CONTEXT: "" } })).user, "alice");
});

test("paths in a context are relative to its file", async (t) => {
  const { cwd } = emptyPlaces(t);
  const path = write(join(cwd, "site", "context.json"), { ...good, ca: "../ca.pem" });
  const { keyFile, ca } = await readContext(path);
  assert.deepEqual([keyFile, ca], [join(cwd, "site", "keys", "alice.nk"), join(cwd, "ca.pem")]);
  const absolute = write(join(cwd, "other.json"), { ...good, keyFile: "/etc/reveille/alice.nk" });
  assert.equal((await readContext(absolute)).keyFile, "/etc/reveille/alice.nk");
});

test("a broken context is refused by its file and its fault", async (t) => {
  const { cwd } = emptyPlaces(t);
  const nameless = { site: good.site, url: good.url, keyFile: good.keyFile };
  const faults: readonly (readonly [content: unknown, fault: RegExp])[] = [
    ["{", /is not JSON/],
    ["null", /is not valid/],
    [nameless, /required properties: user/],
    [{ ...good, user: "*" }, /user must match/],
    [{ ...good, site: "a.b" }, /site must match/],
    [{ ...good, url: "http://x" }, /url must match/],
    [{ ...good, keyFile: "" }, /keyFile/],
    [{ ...good, password: "x" }, /additional properties: password/],
  ];
  for (const [content, fault] of faults) {
    const path = write(join(cwd, "broken.json"), content);
    await assert.rejects(readContext(path), (error: unknown) => {
      assert.ok(error instanceof ContextError);
      assert.ok(error.message.includes(path));
      assert.match(error.message, fault);
      return true;
    });
  }
});

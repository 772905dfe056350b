import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { findFreePort, isPortFree } from "../../../../infra/embedded/process/free-port.ts";

test("a free port lies below the ephemeral ones, and the preferred one is kept while it is free", async (t) => {
  const port = await findFreePort();
  assert.ok(port >= 20_000 && port < 30_000);
  assert.equal(await findFreePort(port), port);
  const holder = createServer();
  t.after(() => holder.close());
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  assert.ok(!(await isPortFree(port)));
  assert.notEqual(await findFreePort(port), port);
});

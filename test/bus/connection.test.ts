import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { BusUnreachableError, KeyFileError, connect, connectBus, identityOf, readContext } from "../../bus/index.ts";
import { createIdentity } from "../../infra/embedded/index.ts";
import { startFakeReboot } from "../support/fake-agent.ts";
import { startTestBus } from "../support/test-bus.ts";

const stranger = identityOf(createIdentity().seed);

/** A port on which nobody listens: it was free a moment ago. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("connecting", { concurrency: 3 }, () => {
  test("a server that is not there is told by its address", async () => {
    const url = `nats://127.0.0.1:${await deadPort()}`;
    await assert.rejects(connectBus({ url, identity: stranger, name: "test" }), (error: unknown) => {
      assert.ok(error instanceof BusUnreachableError);
      assert.equal(error.code, "bus-unreachable");
      assert.ok(error.message.includes(url));
      assert.ok(error.cause !== undefined);
      return true;
    });
  });

  test("a stranger's key is refused, and not tried for ever", async () => {
    await using bus = await startTestBus();
    await assert.rejects(
      connectBus({ url: bus.nats.url, identity: stranger, name: "test" }),
      (error: unknown) => error instanceof BusUnreachableError && /authorization/i.test(error.message),
    );
  });

  test("a missing certificate authority is told by its file", async () => {
    await using bus = await startTestBus();
    const options = { url: bus.nats.url, identity: bus.identity("alice"), name: "test", ca: join(bus.dir, "ca.pem") };
    await assert.rejects(connectBus(options), /ca\.pem/);
  });

  test("a context is enough for a place on the bus, and closing lets go of it", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, ["pc1"]));
    const reveille = await connect(await readContext(await bus.writeContext("alice")));
    assert.deepEqual([reveille.user, reveille.site], ["alice", "local"]);
    const operation = await reveille.power({ action: "status", nodelist: ["pc1"] });
    assert.deepEqual(operation.nodes, ["pc1"]);
    operation.detach();
    await reveille.close();
    await reveille.close();
    await assert.rejects(reveille.reboot({ nodelist: ["pc1"] }));
  });

  test("a context whose key is missing is told so, not as a server that is not there", async () => {
    const context = { site: "local", url: "nats://127.0.0.1:1", user: "alice", keyFile: "/nowhere/alice.nk" };
    await assert.rejects(connect(context), KeyFileError);
  });
});

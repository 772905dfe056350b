import assert from "node:assert/strict";
import { test } from "node:test";
import { createLedgerWriter } from "../../../agents/runtime/ledger-writer.ts";
import { createLog } from "../../../agents/runtime/log.ts";
import { openDatabase } from "../../../infra/db/index.ts";
import { endOf, opId } from "../../support/ledger.ts";

test("a writer that closes without its database lets its changes go, so that an agent can stop", async () => {
  // Nothing listens at port 1: every try is refused at once.
  await using database = openDatabase({ url: "postgres://nobody:nothing@127.0.0.1:1/none", name: "test" });
  const log = createLog("test", "silent");
  const writer = createLedgerWriter({ ...database, owner: "test", log, onRecorded: () => undefined });
  const written = writer.write(endOf({ op: opId(1), node: "pc1", fence: 1 }));
  writer.close();
  await writer.drain();
  assert.equal((await written).took, false);
});

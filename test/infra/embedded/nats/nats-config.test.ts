import assert from "node:assert/strict";
import { test } from "node:test";
import { renderIdentities, renderServerConfig } from "../../../../infra/embedded/nats/nats-config.ts";

test("both directions are written for everybody, also for who has none", () => {
  const identities = [
    { name: "alice", publicKey: "UA", permissions: { publish: ["a.*", "b"], subscribe: ["c d"] } },
    { name: "mute", publicKey: "UB", permissions: { publish: [], subscribe: [] } },
  ];
  assert.equal(
    renderIdentities(identities),
    `users: [
  {nkey: "UA", permissions: {publish: {allow: ["a.*", "b"]}, subscribe: {allow: ["c d"]}}} # alice
  {nkey: "UB", permissions: {publish: {deny: [">"]}, subscribe: {deny: [">"]}}} # mute
]
`,
  );
});

test("the server listens on loopback and denies by default", () => {
  const config = renderServerConfig({ serverName: "s", port: 20_000 });
  assert.match(config, /^listen: "127\.0\.0\.1:20000"$/m);
  assert.match(config, /default_permissions: \{ publish: \{deny: ">"\}, subscribe: \{deny: ">"\} \}/);
});

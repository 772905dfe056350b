// Loads the packages of many modules, to be imported before tsx is registered: from then on each module passes through its
// hooks, which takes some 2 ms of processor time, and typebox alone has 700. A process that runs from source starts in half
// the time.
const PACKAGES = [
  ...["typebox", "typebox/compile", "typebox/value"],
  ...["drizzle-orm", "drizzle-orm/pg-core", "drizzle-orm/postgres-js"],
  ...["@nats-io/transport-node", "postgres"],
];

await Promise.all(PACKAGES.map((name) => import(name)));

// Starts a fleet in two processes, tells its own parent the nodes, and waits to be killed.
import { startSite } from "./site.ts";

const nodes = ["pc1", "pc2", "pc3", "pc4"].map((name) => ({ name }));
const site = await startSite({ nodes, processes: 2, firstAddress: "127.19.4.1" });
process.send?.(site.fleet.nodes);

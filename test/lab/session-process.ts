// Sends a file on an interface, both named on the command line, to nobody; says by which ports, and goes on until it is killed.
import { startSession } from "../../infra/multicast/index.ts";

const [, , networkInterface = "", imageFile = ""] = process.argv;
const session = startSession({ interface: networkInterface }, { imageFile, receivers: 3 });
console.log(session.channel.portBase);
await session.ended;

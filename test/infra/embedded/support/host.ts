// A process that hosts a site's services and says where they are; the tests kill it.
import { startEmbedded } from "../../../../infra/embedded/index.ts";

const services = await startEmbedded({ dir: process.argv[2] ?? "", identities: [], durable: false });
process.send?.({ nats: services.nats.pid, postgres: services.postgres.pid });

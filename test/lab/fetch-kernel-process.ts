// Brings the lab's kernel into the cache, while there is still a network.
import { fetchKernel } from "../../infra/lab/index.ts";

await fetchKernel();

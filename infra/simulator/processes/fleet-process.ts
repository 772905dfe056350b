// The program of a process that holds a share of a fleet; `forked-share.ts` forks it.
import { serveShare } from "./serve-share.ts";

serveShare();

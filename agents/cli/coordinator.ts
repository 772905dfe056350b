import type { Operation, Reveille } from "../../bus/index.ts";

/** What the commands need of the bus: the tests stand a small fake here. */
export type Coordinator = Pick<
  Reveille,
  "user" | "site" | "submit" | "attach" | "control" | "plan" | "query" | "close"
>;

export type { Operation };

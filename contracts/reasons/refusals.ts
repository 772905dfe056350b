import type { ReasonEntry } from "./entry.ts";

/** Why a command is refused as a whole, and nothing is touched. */
export const refusals = {
  "malformed-arguments": {
    scope: "operation",
    retryable: false,
    advice: "correct the arguments; the detail names them",
  },
  "nodelist-empty": { scope: "operation", retryable: false, advice: "name at least one node; 'all' is never implied" },
  "node-unknown": { scope: "operation", retryable: false, advice: "check the names with: reveille nodes" },
  "experiment-unknown": { scope: "operation", retryable: false, advice: "check the name, written project/experiment" },
  "experiment-empty": {
    scope: "operation",
    retryable: false,
    advice: "the experiment holds no node; reserve some first",
  },
  "permission-denied": {
    scope: "operation",
    retryable: false,
    advice: "ask for the right to the nodes that are named",
  },
  "image-unknown": { scope: "operation", retryable: false, advice: "check the name with: reveille images" },
  "image-path-refused": {
    scope: "operation",
    retryable: false,
    advice: "put the raw file into the image directory itself; links and ways out of it are not followed",
  },
  "image-load-limit": {
    scope: "operation",
    retryable: true,
    advice: "as many nodes load this image as it allows; try again later, or with fewer nodes",
  },
  "image-exists": {
    scope: "operation",
    retryable: false,
    advice: "choose another name, or take its place with --replace",
  },
  "image-in-use": {
    scope: "operation",
    retryable: true,
    advice: "wait until no node loads it, or have who names it name another image",
  },
  "image-busy": {
    scope: "operation",
    retryable: true,
    advice: "it is being added, verified or removed already; see: reveille images",
  },
  "image-directory-full": {
    scope: "operation",
    retryable: false,
    advice: "make room in the image directory, then ask again",
  },
  "image-idle": {
    scope: "operation",
    retryable: false,
    advice: "there is nothing to cancel; see: reveille images",
  },
  "image-cancelled": {
    scope: "operation",
    retryable: false,
    advice: "somebody cancelled it; what was there before still is",
  },
  "image-interrupted": {
    scope: "operation",
    retryable: true,
    advice: "the reload agent was stopped, or lost its database, in the midst of it; ask again",
  },
  "inventory-invalid": {
    scope: "operation",
    retryable: false,
    advice: "mend what the detail names; nothing was changed",
  },
  "inventory-incomplete": {
    scope: "operation",
    retryable: true,
    advice: "a part of the change is missing; send it again from its first part",
  },
  "node-not-clean": {
    scope: "operation",
    retryable: true,
    advice: "the node still holds what its last experiment left, and is being loaded anew; see: reveille nodes",
  },
  "op-id-reused": {
    scope: "operation",
    retryable: false,
    advice: "this id belongs to another command; choose a new one",
  },
  "command-expired": {
    scope: "operation",
    retryable: true,
    advice: "send it again; compare your clock with the server's",
  },
  "expiry-too-late": { scope: "operation", retryable: false, advice: "let expiresAt be at most 10 minutes ahead" },
  "operation-unknown": { scope: "operation", retryable: false, advice: "check the id with: reveille ops" },
  "operation-finished": { scope: "operation", retryable: false, advice: "nothing is left to cancel" },
  "parent-invalid": {
    scope: "operation",
    retryable: false,
    advice: "the parent must be active, yours, and hold the nodes",
  },
  "database-unreachable": { scope: "operation", retryable: true, advice: "try again when the site's database is back" },
  overloaded: { scope: "operation", retryable: true, advice: "too much is queued already; try again later" },
  "no-agent-listening": { scope: "operation", retryable: true, advice: "start the agent: reveille agent KIND" },
  "bus-unreachable": {
    scope: "operation",
    retryable: true,
    advice: "check the address in the context, and nats-server",
  },
  "answer-lost": {
    scope: "operation",
    retryable: true,
    advice: "whether it was admitted is unknown; ask with: reveille wait",
  },
  "internal-error": {
    scope: "operation",
    retryable: false,
    advice: "see the agent's log; this is a fault of Reveille",
  },
} as const satisfies Record<string, ReasonEntry>;

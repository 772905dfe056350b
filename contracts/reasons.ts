/**
 * The catalogue of reasons: every refusal and every node's result names one of these literals, and nobody branches on a
 * message's text. `scope` says where it may stand: `operation` refuses a command as a whole (code -1), `node` ends one
 * node's run, `either` does one or the other. `retryable` says whether the same request may succeed without anybody changing anything; only a retryable
 * failure is ever tried again. `advice` is for a person, and says what to do next where there is something to do.
 */
interface ReasonEntry {
  readonly scope: "operation" | "node" | "either" | "success";
  readonly retryable: boolean;
  readonly advice: string;
}

export const reasonTable = {
  // A command is refused as a whole.
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

  // One node's run ends without success.
  "bmc-unreachable": { scope: "node", retryable: true, advice: "nothing answers at the BMC's address" },
  "bmc-password-invalid": {
    scope: "node",
    retryable: false,
    advice: "set the BMC's password anew; until then it is not tried again",
  },
  "bmc-user-invalid": {
    scope: "node",
    retryable: false,
    advice: "the BMC does not know the user name; until it is changed it is not tried again",
  },
  "bmc-privilege-insufficient": { scope: "node", retryable: false, advice: "the BMC's user needs operator rights" },
  "bmc-busy": { scope: "node", retryable: true, advice: "the BMC kept answering that it is busy" },
  "bmc-no-session-slot": { scope: "node", retryable: true, advice: "other clients hold all of the BMC's sessions" },
  "bmc-connect-timeout": {
    scope: "node",
    retryable: true,
    advice: "the BMC answers, but opened no session within the time allowed",
  },
  "bmc-too-slow": { scope: "node", retryable: true, advice: "the BMC answers, but not within the time allowed" },
  "bmc-refused": { scope: "node", retryable: false, advice: "the BMC refused the command; the detail has its code" },
  "bmc-credentials-missing": { scope: "node", retryable: false, advice: "no password is recorded for this BMC" },
  "power-not-controllable": {
    scope: "node",
    retryable: false,
    advice: "the node has no power driver that can do this",
  },
  "power-command-failed": {
    scope: "node",
    retryable: true,
    advice: "the power command failed; the detail has its output",
  },
  "power-not-confirmed": { scope: "node", retryable: true, advice: "accepted, but the power state never read back so" },
  "power-state-unsuitable": { scope: "node", retryable: false, advice: "the node is off; power it on instead" },
  "power-cycled-recently": { scope: "node", retryable: false, advice: "wait for the type's minimum delay between two" },
  "still-pinging": { scope: "node", retryable: true, advice: "the node kept answering after every rung" },
  "boot-timeout": { scope: "node", retryable: true, advice: "no ISUP in the time allowed; look at its console" },
  "boot-failed": { scope: "node", retryable: true, advice: "the node reported TBFAILED; look at its console" },
  "reload-not-started": {
    scope: "node",
    retryable: true,
    advice: "the node never came into the ramdisk; look at its boot order and its console",
  },
  "fell-off-reload": { scope: "node", retryable: true, advice: "the node booted its disk instead of the ramdisk" },
  "reload-timeout": { scope: "node", retryable: true, advice: "the load took longer than the image allows" },
  "reload-stalled": { scope: "node", retryable: true, advice: "the load stopped making progress" },
  "pxe-failed": { scope: "node", retryable: true, advice: "the node's boot loader gave up; look at DHCP and TFTP" },
  "no-carrier": { scope: "node", retryable: true, advice: "the ramdisk found no network; look at cable and switch" },
  "join-timeout": { scope: "node", retryable: true, advice: "the node could not join the multicast session" },
  "hash-mismatch": { scope: "node", retryable: true, advice: "what arrived at the node is not what the image holds" },
  "signature-mismatch": {
    scope: "node",
    retryable: false,
    advice: "the image is not signed by this site's reload agent; make it anew",
  },
  "write-error": { scope: "node", retryable: true, advice: "the node's disk refused a write; it may be failing" },
  "short-disk": { scope: "node", retryable: false, advice: "the image is larger than the node's disk" },
  "type-not-imageable": { scope: "node", retryable: false, advice: "nodes of this type cannot be loaded" },
  "not-network-bootable": { scope: "node", retryable: false, advice: "record the node's MAC address first" },
  "child-refused": {
    scope: "node",
    retryable: true,
    advice: "the agent that was asked for a part of it refused; the detail has its reason",
  },
  "host-failed": { scope: "node", retryable: true, advice: "the machine that it lives on or in did not come through" },
  "ssh-failed": { scope: "node", retryable: true, advice: "the virtual node's host could not be reached by ssh" },
  "subnodes-busy": { scope: "node", retryable: true, advice: "the node's subnodes were still reloading" },
  "type-not-rebootable": { scope: "node", retryable: false, advice: "include it with --force" },
  "too-many-failures": { scope: "node", retryable: true, advice: "--max-failures stopped the wave before this node" },
  "node-locked": { scope: "node", retryable: true, advice: "another operation holds the node; wait for it" },
  "cancelled-by-user": { scope: "node", retryable: false, advice: "the operation was cancelled" },
  "deadline-exceeded": {
    scope: "node",
    retryable: true,
    advice: "time was up before it was done; if it waited for its circuit's turn, name fewer nodes at once",
  },
  "outcome-unknown": {
    scope: "node",
    retryable: false,
    advice: "look at the node: the action may or may not have happened",
  },
  "image-file-missing": {
    scope: "either",
    retryable: false,
    advice: "the file is not in the image directory; put it there, or add the image anew",
  },
  "image-unreadable": {
    scope: "either",
    retryable: false,
    advice: "the reload agent cannot read the file; mend its mode, or that of its folder",
  },
  "image-empty": { scope: "either", retryable: false, advice: "the file holds no byte but zeros; add the image anew" },
  "image-digest-mismatch": {
    scope: "either",
    retryable: false,
    advice: "the image's file is not the one that was recorded; add the image anew",
  },
  "image-manifest-invalid": {
    scope: "either",
    retryable: false,
    advice: "the image's manifest is cut off or contradicts itself; add the image anew",
  },
  "image-signature-invalid": {
    scope: "either",
    retryable: false,
    advice: "the image's manifest is not signed with the site's key; add the image anew",
  },
  "agent-fault": { scope: "node", retryable: false, advice: "see the agent's log; this is a fault of Reveille" },

  // What a success rests on.
  "power-read-back": { scope: "success", retryable: false, advice: "the power state was read back" },
  "power-state-read": { scope: "success", retryable: false, advice: "the power state was read" },
  "already-so": { scope: "success", retryable: false, advice: "the power state was so already" },
  "accepted-not-read-back": { scope: "success", retryable: false, advice: "accepted by the BMC; cannot be read back" },
  "silence-observed": { scope: "success", retryable: false, advice: "the node stopped answering, so it went down" },
  "boot-id-changed": { scope: "success", retryable: false, advice: "the node runs with a new boot id" },
  "woken-up": { scope: "success", retryable: false, advice: "the node left PXEWAIT" },
  reconfigured: { scope: "success", retryable: false, advice: "the running OS was reconfigured" },
  isup: { scope: "success", retryable: false, advice: "the node reported ISUP from a new boot" },
  "os-running": { scope: "success", retryable: false, advice: "the node runs the OS that its experiment wants" },
  "image-loaded": { scope: "success", retryable: false, advice: "the node reported the digest of what it wrote" },
  "load-begun": { scope: "success", retryable: false, advice: "the load was begun; nobody waits for it" },
  "load-armed": { scope: "success", retryable: false, advice: "the node loads when it next boots" },
  "virtual-node": { scope: "success", retryable: false, advice: "a virtual node has no power of its own" },
  "host-rebooted": { scope: "success", retryable: false, advice: "the virtual node's host was rebooted" },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof reasonTable;
type ReasonOf<S extends ReasonEntry["scope"]> = {
  [R in Reason]: (typeof reasonTable)[R]["scope"] extends S ? R : never;
}[Reason];
/** Why a command was refused as a whole. */
export type RefusalReason = ReasonOf<"operation" | "either">;
/** Why one node's run did not succeed. */
export type FailureReason = ReasonOf<"node" | "either">;
/** What one node's success rests on. */
export type SuccessReason = ReasonOf<"success">;

export const reasons = Object.keys(reasonTable) as readonly Reason[];

export function isRetryable(reason: Reason): boolean {
  return reasonTable[reason].retryable;
}

export function adviceOf(reason: Reason): string {
  return reasonTable[reason].advice;
}

/** Whether it may stand in a node's result; a reason that may not refuses commands alone. */
export function isResultReason(reason: Reason): reason is FailureReason | SuccessReason {
  return reasonTable[reason].scope !== "operation";
}

export function isRefusalReason(reason: string): reason is RefusalReason {
  return Object.hasOwn(reasonTable, reason) && ["operation", "either"].includes(reasonTable[reason as Reason].scope);
}

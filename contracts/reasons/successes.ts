import type { ReasonEntry } from "./entry.ts";

/** What a success rests on. */
export const successes = {
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

import type { Command } from "commander";
import type { Surroundings } from "./surroundings.ts";

/** What a command's module gives: its arguments, flags and deed, declared on commander's `command`. */
interface CommandModule {
  readonly declare: (command: Command, surroundings: Surroundings) => void;
}

/** A command as the overall help shows it. Its module is loaded only when it is the one that is asked for. */
interface CommandRow {
  readonly name: string;
  /** What follows the name: `PROJ/EXP`. */
  readonly usage: string;
  readonly summary: string;
  readonly heading: string;
  readonly load: () => Promise<CommandModule>;
}

const act = "Act on nodes:";
const follow = "Follow operations:";
const read = "Read the inventory:";
const change = "Change the inventory:";
const run = "Run a site:";

/** The table of commands: a new command is one file and one row. */
export const commandTable: readonly CommandRow[] = [
  {
    name: "reboot",
    usage: "NODES | -e PROJ/EXP | --free",
    summary: "restart what is on the nodes' disks",
    heading: act,
    load: () => import("./commands/reboot.ts"),
  },
  {
    name: "reload",
    usage: "NODES | -e PROJ/EXP",
    summary: "write images to the nodes' disks, then boot them",
    heading: act,
    load: () => import("./commands/reload.ts"),
  },
  {
    name: "setup",
    usage: "PROJ/EXP",
    summary: "bring an experiment's nodes to the OS that it asks for",
    heading: act,
    load: () => import("./commands/setup.ts"),
  },
  {
    name: "power",
    usage: "on|off|cycle|reset|soft|diag|status NODES",
    summary: "act on the nodes' BMC or PDU alone",
    heading: act,
    load: () => import("./commands/power.ts"),
  },
  {
    name: "wait",
    usage: "OP",
    summary: "wait for an operation and show its results, from anywhere",
    heading: follow,
    load: () => import("./commands/wait.ts"),
  },
  {
    name: "cancel",
    usage: "OP",
    summary: "start no further node of an operation",
    heading: follow,
    load: () => import("./commands/cancel.ts"),
  },
  {
    name: "ops",
    usage: "[--running] [--verb V] [--user U] [--since T]",
    summary: "list the newest operations",
    heading: follow,
    load: () => import("./commands/ops.ts"),
  },
  {
    name: "show",
    usage: "OP",
    summary: "show an operation and each node's result so far",
    heading: follow,
    load: () => import("./commands/show.ts"),
  },
  {
    name: "nodes",
    usage: "[NODES]",
    summary: "list nodes with their type, state, experiment and holder",
    heading: read,
    load: () => import("./commands/nodes.ts"),
  },
  {
    name: "history",
    usage: "NODE",
    summary: "list the states that a node passed through",
    heading: read,
    load: () => import("./commands/history.ts"),
  },
  {
    name: "images",
    usage: "[IMAGE]",
    summary: "list the images that you may load",
    heading: read,
    load: () => import("./commands/images.ts"),
  },
  {
    name: "image",
    usage: "add|set|verify|cancel|remove|list IMAGE",
    summary: "make images of raw disks, change, verify and remove them",
    heading: change,
    load: () => import("./commands/image.ts"),
  },
  {
    name: "node",
    usage: "add|set|remove|list NODES",
    summary: "add, change, reserve and remove nodes",
    heading: change,
    load: () => import("./commands/node.ts"),
  },
  {
    name: "experiment",
    usage: "add|set|remove|list PROJ/EXP",
    summary: "make and end experiments, and say what their nodes run",
    heading: change,
    load: () => import("./commands/experiment.ts"),
  },
  {
    name: "project",
    usage: "add|set|remove|list PROJECT",
    summary: "make and end projects",
    heading: change,
    load: () => import("./commands/project.ts"),
  },
  {
    name: "user",
    usage: "add|set|remove|list|permissions USER",
    summary: "say who may ask, and for which projects",
    heading: change,
    load: () => import("./commands/user.ts"),
  },
  {
    name: "inventory",
    usage: "export|import FILE",
    summary: "write and read the whole inventory as YAML",
    heading: change,
    load: () => import("./commands/inventory.ts"),
  },
  {
    name: "up",
    usage: "[--nodes N] [--fleet FILE]",
    summary: "run a whole site with a simulated fleet in the foreground",
    heading: run,
    load: () => import("./commands/up.ts"),
  },
  {
    name: "agent",
    usage: "KIND...",
    summary: "run agents of these kinds",
    heading: run,
    load: () => import("./commands/agent.ts"),
  },
  {
    name: "boot-config",
    usage: "dnsmasq|kea --subnet A.B.C.D/N",
    summary: "print the configuration of a site's DHCP server",
    heading: run,
    load: () => import("./commands/boot-config.ts"),
  },
];

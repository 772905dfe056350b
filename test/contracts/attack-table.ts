import { type AgentName, type SubjectBuilder, subjectsOf } from "../../contracts/index.ts";
import { testSite } from "../support/test-bus.ts";
import type { Stage } from "./attack-scene.ts";

/** What somebody might try on the bus. */
export interface Attack {
  readonly what: string;
  /** Whether it succeeds where NATS has no permissions, so that its refusal can be told from its being impossible. */
  readonly hasControl: boolean;
  /** Tries it, and gives the subjects of what arrived where it must not: none if it was refused. */
  readonly attempt: (stage: Stage) => Promise<readonly string[]>;
}

type Who = AgentName | "alice" | "bob";
type Part<T> = (on: SubjectBuilder, op: string) => T;
/** A subject, and the queue group in which it is subscribed if it is. */
type Ear = Part<readonly [subject: string, queue?: string]>;

const on = subjectsOf(testSite);
const commandEar: Ear = () => [on.command("reboot", "*"), "reboot"];
const queryEar: Ear = () => [on.query("*", "*"), "registry"];
const stateEar: Ear = () => [on.state("*")];
const inboxEar =
  (user: string, agent: AgentName): Ear =>
  (_, op) => [on.inbox(user, op, agent)];
const ear =
  (subject: string, queue?: string): Ear =>
  () =>
    queue === undefined ? [subject] : [subject, queue];

/** `who` publishes what `victim` must not hear. */
function publishing(who: Who, subject: Part<string>, victim: Who, victimEar: Ear): Attack["attempt"] {
  return (stage) => overhearing(victim, victimEar, who, subject)(stage);
}

/** `who` listens while `speaker` says what is for somebody else. */
function overhearing(who: Who, whoseEar: Ear, speaker: Who, subject: Part<string>): Attack["attempt"] {
  return async (stage) => {
    const heard = stage.hears(stage[who], ...whoseEar(stage.on, stage.op));
    await stage.settle();
    stage[speaker].publish(subject(stage.on, stage.op), "x");
    await stage.settle();
    return heard;
  };
}

/** `who` asks the registry with a reply subject on which `victim` must not hear the answer. */
function luring(
  how: "as ours" | "naively",
  who: Who,
  reply: Part<string>,
  victim: Who,
  victimEar: Ear,
): Attack["attempt"] {
  return async (stage) => {
    stage.answerQueries(how);
    const heard = stage.hears(stage[victim], ...victimEar(stage.on, stage.op));
    await stage.settle();
    stage.asks(who, on.query("nodes", who), reply(stage.on, stage.op));
    await stage.settle();
    return heard;
  };
}

/** `who` asks somebody else than our agents, with a reply subject in alice's inbox. */
function misdirecting(who: Who, subject: string): Attack["attempt"] {
  return async (stage) => {
    const heard = stage.hears(stage.alice, ...inboxEar("alice", "reboot")(stage.on, stage.op));
    await stage.settle();
    stage.asks(who, subject, on.inbox("alice", stage.op, "reboot"));
    await stage.settle();
    return heard;
  };
}

function subscribing(who: Who, subjects: readonly string[]): Attack["attempt"] {
  return async (stage) => {
    const admitted: string[] = [];
    for (const subject of subjects) if (await stage.admits(stage[who], subject)) admitted.push(subject);
    return admitted;
  };
}

const command =
  (user: string): Part<string> =>
  () =>
    on.command("reboot", user);
const rebootInbox: Part<string> = (_, op) => on.inbox("alice", op, "reboot");
const registryInbox: Part<string> = (_, op) => on.inbox("alice", op, "registry");
const state: Part<string> = () => on.state("n1");
const anyInbox = `rv.${testSite}.inbox.>`;
const aliceInboxes = `rv.${testSite}.inbox.alice.>`;

function attack(what: string, attempt: Attack["attempt"], hasControl = true): Attack {
  return { what, attempt, hasControl };
}

export const attacks: readonly Attack[] = [
  attack("1 bob commands in alice's name", publishing("bob", command("alice"), "reboot", commandEar)),
  attack("2 reload commands in alice's name", publishing("reload", command("alice"), "reboot", commandEar)),
  attack("3 the gateway commands in alice's name", publishing("gateway", command("alice"), "reboot", commandEar)),
  attack("4 boot commands a reboot", publishing("boot", command("boot"), "reboot", commandEar)),
  attack(
    "5 bob commands by a wildcard for the verb",
    publishing("bob", () => on.command("*", "bob"), "reboot", commandEar),
    false,
  ),
  attack("6 bob reads alice's inboxes", overhearing("bob", ear(aliceInboxes), "reboot", rebootInbox)),
  attack(
    "7 bob reads an operation's inbox by a wildcard for the user",
    overhearing("bob", (_, op) => [on.inbox("*", op, "reboot")], "reboot", rebootInbox),
  ),
  attack("8 bob reads everything", overhearing("bob", ear(">"), "reboot", rebootInbox)),
  ...(
    [
      ["9 bob", "bob"],
      ["10 reload", "reload"],
    ] as const
  ).flatMap(([name, who]) => [
    attack(`${name} sniffs commands`, overhearing(who, ear(on.command("reboot", "*")), "alice", command("alice"))),
    attack(`${name} steals commands in the agent's queue`, overhearing(who, commandEar, "alice", command("alice"))),
    attack(
      `${name} steals commands in a queue of its own`,
      overhearing(who, ear(on.command("reboot", "*"), who), "alice", command("alice")),
    ),
  ]),
  attack("11 reload sniffs all inboxes", overhearing("reload", ear(anyInbox), "reboot", rebootInbox)),
  attack("11 reload sniffs alice's inboxes", overhearing("reload", ear(aliceInboxes), "reboot", rebootInbox)),
  attack("12 bob forges a reboot's result", publishing("bob", rebootInbox, "alice", inboxEar("alice", "reboot"))),
  attack("13 reload forges a reboot's result", publishing("reload", rebootInbox, "alice", inboxEar("alice", "reboot"))),
  attack(
    "14 the registry forges a reboot's result",
    publishing("registry", rebootInbox, "alice", inboxEar("alice", "reboot")),
  ),
  attack(
    "15 bob publishes to inboxes by a wildcard",
    publishing("bob", (_, op) => on.inbox("*", op, "reboot"), "alice", inboxEar("alice", "reboot")),
    false,
  ),
  ...(["setup", "reload", "registry", "gateway"] as const).map((who) =>
    attack(`16 ${who} publishes a node's state`, publishing(who, state, "reboot", stateEar)),
  ),
  attack("17 bob publishes a node's state", publishing("bob", state, "reboot", stateEar)),
  attack(
    "17 bob wakes the reboot agent",
    publishing("bob", () => on.wake("reboot"), "reboot", ear(on.wake("reboot"))),
  ),
  attack(
    "18 reload wakes the reboot agent",
    publishing("reload", () => on.wake("reboot"), "reboot", ear(on.wake("reboot"))),
  ),
  attack(
    "19 bob lures a naive registry into a command",
    luring("naively", "bob", command("alice"), "reboot", commandEar),
  ),
  attack(
    "20 bob lures a naive registry into a reboot's inbox",
    luring("naively", "bob", rebootInbox, "alice", inboxEar("alice", "reboot")),
  ),
  attack(
    "21 bob lures the registry into alice's query's inbox",
    luring("as ours", "bob", registryInbox, "alice", inboxEar("alice", "registry")),
    false,
  ),
  attack(
    "22 reload lures a naive registry into a command",
    luring("naively", "reload", command("alice"), "reboot", commandEar),
  ),
  attack("23 bob lures a naive registry into a node's state", luring("naively", "bob", state, "reboot", stateEar)),
  attack(
    "24 boot lures the registry into the reboot agent's query's inbox",
    luring("as ours", "boot", (_, op) => on.inbox("reboot", op, "registry"), "reboot", inboxEar("reboot", "registry")),
    false,
  ),
  attack("25 bob makes nats-server say 503 to alice", misdirecting("bob", on.command("setup", "bob")), false),
  attack("26 bob makes nats-server's system answer alice", misdirecting("bob", "$SYS.REQ.SERVER.PING"), false),
  attack("27 bob makes JetStream answer alice", misdirecting("bob", "$JS.API.INFO"), false),
  attack("28 bob subscribes what NATS keeps for itself", subscribing("bob", ["_R_.>", "_INBOX.>", "$SYS.>", "$JS.>"])),
  attack(
    "29 reload answers the reboot agent's query",
    publishing("reload", (_, op) => on.inbox("reboot", op, "registry"), "reboot", inboxEar("reboot", "registry")),
  ),
  attack(
    "30 bob takes queries in the registry's place",
    overhearing("bob", queryEar, "alice", () => on.query("nodes", "alice")),
  ),
  attack(
    "31 reload takes queries in the registry's place",
    overhearing("reload", queryEar, "alice", () => on.query("nodes", "alice")),
  ),
  attack("33 boot sniffs commands", overhearing("boot", ear(on.command("*", "*")), "alice", command("alice"))),
  attack("33 boot sniffs inboxes", overhearing("boot", ear(anyInbox), "reboot", rebootInbox)),
  ...(["bob", "setup", "reload", "registry", "gateway"] as const).map((who) =>
    attack(
      `34 ${who} publishes how far a node has loaded`,
      publishing(who, () => on.progress("n1"), "reload", ear(on.progress("*"))),
    ),
  ),
  attack(
    "35 setup follows loads",
    overhearing("setup", ear(on.progress("*")), "boot", () => on.progress("n1")),
  ),
  ...(["bob", "setup", "reload", "registry", "gateway"] as const).map((who) =>
    attack(
      `36 ${who} wakes a node in the reboot agent's name`,
      publishing(who, () => on.command("wake", "reboot"), "boot", ear(on.command("wake", "reboot"), "boot")),
    ),
  ),
  ...(["bob", "setup", "reload"] as const).map((who) =>
    attack(
      `37 ${who} wakes a node in its own name`,
      publishing(who, () => on.command("wake", who), "boot", ear(on.command("wake", "*"), "boot")),
    ),
  ),
  attack(
    "38 bob hurries the boot agent",
    publishing("bob", () => on.wake("boot"), "boot", ear(on.wake("boot"))),
  ),
  attack(
    "39 reload forges the boot agent's answer to a wake-up",
    publishing("reload", (_, op) => on.inbox("reboot", op, "boot"), "reboot", inboxEar("reboot", "boot")),
  ),
  attack(
    "40 boot takes wake-ups of others than the reboot agent",
    overhearing("boot", ear(on.command("wake", "*"), "boot"), "alice", () => on.command("wake", "alice")),
  ),
  ...(["bob", "setup", "boot", "registry", "gateway"] as const).map((who) =>
    attack(
      `41 ${who} has consoles followed in the reload agent's name`,
      publishing(who, () => on.command("console", "reload"), "reboot", ear(on.command("console", "reload"), "reboot")),
    ),
  ),
  ...(["bob", "setup"] as const).map((who) =>
    attack(
      `42 ${who} has consoles followed in its own name`,
      publishing(who, () => on.command("console", who), "reboot", ear(on.command("console", "*"), "reboot")),
    ),
  ),
  attack(
    "43 boot forges the reboot agent's word that a console is followed",
    publishing("boot", (_, op) => on.inbox("reload", op, "reboot"), "reload", inboxEar("reload", "reboot")),
  ),
  ...(
    [
      ["bob", "reload", "alice"],
      ["bob", "cancel-reload", "alice"],
      ["bob", "image-add", "alice"],
      ["bob", "image-set", "alice"],
      ["bob", "image-remove", "alice"],
      ["bob", "reload", "setup"],
      ["setup", "reload", "alice"],
      ["reboot", "reload", "reboot"],
      ["boot", "reload", "boot"],
      ["registry", "reload", "registry"],
      ["setup", "image-add", "setup"],
    ] as const
  ).map(([who, verb, name]) =>
    attack(
      `44 ${who} gives ${verb} in ${who === name ? "its own" : `${name}'s`} name`,
      publishing(who, () => on.command(verb, name), "reload", ear(on.command(verb, "*"), "reload")),
    ),
  ),
  ...(["bob", "reboot", "boot", "setup"] as const).map((who) =>
    attack(
      `45 ${who} takes reloads in the reload agent's place`,
      overhearing(who, ear(on.command("reload", "*"), "reload"), "alice", () => on.command("reload", "alice")),
    ),
  ),
  ...(["bob", "reboot", "boot", "setup", "registry"] as const).map((who) =>
    attack(
      `46 ${who} forges a reload's result`,
      publishing(who, (_, op) => on.inbox("alice", op, "reload"), "alice", inboxEar("alice", "reload")),
    ),
  ),
  attack(
    "47 reboot forges a reload's result for the setup that asked for it",
    publishing("reboot", (_, op) => on.inbox("setup", op, "reload"), "setup", inboxEar("setup", "reload")),
  ),
  ...(["bob", "setup", "reboot"] as const).map((who) =>
    attack(
      `48 ${who} wakes the reload agent`,
      publishing(who, () => on.wake("reload"), "reload", ear(on.wake("reload"))),
    ),
  ),
  attack(
    "49 the registry follows loads",
    overhearing("registry", ear(on.progress("*")), "boot", () => on.progress("n1")),
  ),
];

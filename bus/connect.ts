import type { NatsConnection } from "@nats-io/transport-node";
import type { ActingVerb, ArgsOf, QueryArgs, QueryName, Verb } from "../contracts/index.ts";
import { connectBus } from "./connection.ts";
import type { Context } from "./context.ts";
import { type ControlOptions, type ControlReply, control } from "./coordinator/control.ts";
import type { Coordinator } from "./coordinator/coordinator.ts";
import { followedBy } from "./coordinator/follow.ts";
import { type Operation, createRefusedOperation } from "./coordinator/operation.ts";
import { type QueryReply, ask } from "./coordinator/query.ts";
import { type SubmitOptions, submit } from "./coordinator/submit.ts";
import { subscribeInbox } from "./coordinator/subscribe-inbox.ts";
import { type Identity, loadIdentity } from "./identity.ts";

/** A person's (or program's) place at a site: asks for work, follows it, reads. Holds no privilege of its own. */
export interface Reveille extends AsyncDisposable {
  readonly user: string;
  readonly site: string;
  /** Restarts what is on the nodes' disks. */
  reboot(args: ArgsOf<"reboot">, options?: SubmitOptions): Promise<Operation>;
  /** Writes images to the nodes' disks, then boots them. */
  reload(args: ArgsOf<"reload">, options?: SubmitOptions): Promise<Operation>;
  /** Brings every node of an experiment to the OS that it asks for. */
  setup(args: ArgsOf<"setup">, options?: SubmitOptions): Promise<Operation>;
  /** Acts on the nodes' BMC or PDU alone. */
  power(args: ArgsOf<"power">, options?: SubmitOptions): Promise<Operation>;
  /** Any acting verb: resolves when it is accepted or refused; see `submit`. */
  submit<V extends ActingVerb>(verb: V, args: ArgsOf<V>, options?: SubmitOptions): Promise<Operation>;
  /**
   * A verb that makes no operation, `inventory-apply`: what its agent answers, which may take `answerWithinMs`, default 6 s.
   * An agent that tells how far it has come (`image-add`) has that long again.
   */
  control<V extends Exclude<Verb, ActingVerb>>(
    verb: V,
    args: ArgsOf<V>,
    options?: Omit<ControlOptions, "isDryRun">,
  ): Promise<ControlReply>;
  /** What an acting command would do to each node, as its agent judges it now; nothing is begun. */
  plan<V extends ActingVerb>(verb: V, args: ArgsOf<V>): Promise<ControlReply>;
  /** An operation that exists, from wherever it was begun; refused `operation-unknown` if there is none to see. */
  attach(op: string): Promise<Operation>;
  query<Q extends QueryName>(name: Q, args: QueryArgs<Q>): Promise<QueryReply<Q>>;
  /** Lets go of the bus and of what was followed over it; operations go on without us. */
  close(): Promise<void>;
}

/** Connects as the context's user. Throws KeyFileError or BusUnreachableError. */
export async function connect(context: Context): Promise<Reveille> {
  const identity = await loadIdentity(context.keyFile);
  const { url, ca } = context;
  const name = `reveille coordinator ${context.user}`;
  const connection = await connectBus({ url, identity, name, ...(ca === undefined ? {} : { ca }) });
  return createReveille(connection, { site: context.site, user: context.user, identity });
}

/** The same over a connection that exists already; an agent asks other agents through this. */
export function createReveille(
  connection: NatsConnection,
  who: { readonly site: string; readonly user: string; readonly identity: Identity },
): Reveille {
  const coordinator: Coordinator = { connection, ...who, ...changesOf(connection) };
  const close = async () => {
    if (!connection.isClosed()) await connection.drain();
  };
  const submitVerb: Reveille["submit"] = (verb, args, options) => submit(coordinator, verb, args, options);
  return {
    user: who.user,
    site: who.site,
    submit: submitVerb,
    reboot: (args, options) => submitVerb("reboot", args, options),
    reload: (args, options) => submitVerb("reload", args, options),
    setup: (args, options) => submitVerb("setup", args, options),
    power: (args, options) => submitVerb("power", args, options),
    control: (verb, args, options) => control(coordinator, verb, args, options),
    plan: (verb, args) => control(coordinator, verb, args, { isDryRun: true }),
    attach: (op) => attach(coordinator, op),
    query: (name, args) => ask(coordinator, name, args),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function attach(coordinator: Coordinator, op: string): Promise<Operation> {
  const known = await ask(coordinator, "operation", { op });
  if (!known.ok) {
    const { reason, detail } = known;
    return createRefusedOperation({ id: op, verb: "reboot", user: coordinator.user }, { reason, detail });
  }
  const { verb, user, nodeCount } = known.answer.operation;
  const operation = followedBy(coordinator, { id: op, verb, user });
  // Another user's inbox is closed to us: the ledger alone then tells, in its pauses.
  const isOurs = user === coordinator.user;
  const subscription = isOurs
    ? subscribeInbox(coordinator, { op, verb }, (message) => {
        if (message !== "nobody") operation.take(message);
      })
    : undefined;
  operation.follow({ ...(subscription ? { subscription } : {}), isBehind: true, nodeCount });
  return operation;
}

/** What a connection goes through, for any number of listeners. */
function changesOf(connection: NatsConnection): Pick<Coordinator, "onReconnect" | "onClose"> {
  const reconnected = createListeners();
  const closed = createListeners();
  void (async () => {
    for await (const status of connection.status()) if (status.type === "reconnect") reconnected.tell();
  })();
  void connection.closed().then(() => closed.tell());
  return { onReconnect: reconnected.add, onClose: closed.add };
}

function createListeners() {
  const listeners = new Set<() => void>();
  return {
    add: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: () => {
      for (const listener of [...listeners]) listener();
    },
  };
}

import {
  type BmcTarget,
  type ChassisAction,
  type IpmiClient,
  createIpmiClient,
} from "../../../../infra/ipmi-js/index.ts";
import {
  type Fleet,
  type FleetOptions,
  type JournalEntry,
  type SimulatedNode,
  createFleet,
} from "../../../../infra/simulator/index.ts";
import { isAnswering } from "./probe.ts";
import { type ReportReceiver, startReportReceiver } from "./report-receiver.ts";
import { type SshAnswer, type SshLogin, createSshLogin } from "./ssh-login.ts";
import { until } from "./until.ts";

/** One node of a site, with what a test does to it. */
export interface NodeUnderTest extends SimulatedNode {
  powerState(): Promise<string>;
  control(action: ChassisAction): Promise<void>;
  ssh(command: string): Promise<SshAnswer>;
  isAnswering(): Promise<boolean>;
  journal(): Promise<readonly JournalEntry[]>;
  states(): string[];
  /** Waits until the boot agent has taken this report of the node for the `times`th time. */
  reported(state: string, times: number): Promise<void>;
  bmc: BmcTarget;
}

/** A fleet with everything around it: a receiver of reports, an IPMI client, an ssh client. */
export interface Site extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly receiver: ReportReceiver;
  readonly ipmi: IpmiClient;
  readonly login: SshLogin;
  node(name: string): NodeUnderTest;
}

/** Creates the fleet and starts it. Machines boot in 200 to 400 ms unless told otherwise. */
export async function startSite(options: Omit<FleetOptions, "authorizedKey">): Promise<Site> {
  const resources = new AsyncDisposableStackOf();
  const login = resources.add(await createSshLogin());
  const receiver = resources.add(await startReportReceiver());
  const ipmi = resources.add(createIpmiClient({ keepSessionMs: 0 }));
  const fleet = resources.add(await createFleet({ bootMs: [200, 400], authorizedKey: login.publicKey, ...options }));
  await fleet.start({ bootUrl: receiver.url });
  return {
    fleet,
    receiver,
    ipmi,
    login,
    node: (name) => nodeUnderTest(name, { fleet, receiver, ipmi, login }),
    [Symbol.asyncDispose]: () => resources.disposeAll(),
  };
}

function nodeUnderTest(
  name: string,
  { fleet, receiver, ipmi, login }: Pick<Site, "fleet" | "receiver" | "ipmi" | "login">,
): NodeUnderTest {
  const node = fleet.nodes.find((one) => one.name === name)!;
  const { address, bmcPort, bmcUsername, bmcPassword } = node;
  const bmc: BmcTarget = { address, port: bmcPort, username: bmcUsername, password: bmcPassword };
  const states = () => receiver.statesFrom(address);
  return {
    ...node,
    bmc,
    states,
    powerState: async () => (await ipmi.chassisStatus(bmc)).powerState,
    control: async (action) => {
      await ipmi.chassisControl(bmc, action);
    },
    ssh: (command) => login.run(node, command),
    isAnswering: () => isAnswering(address, node.probePort),
    journal: () => fleet.journal(name),
    async reported(state, times) {
      await until(`${name} reports ${state}`, async () => {
        const journal = await fleet.journal(name);
        const taken = journal.filter((entry) => entry.kind === "report" && entry.answer === "accepted");
        return taken.filter((entry) => "state" in entry && entry.state === state).length >= times;
      });
    },
  };
}

/** Node 20 has no AsyncDisposableStack: disposes of what was added, the latest first. */
class AsyncDisposableStackOf {
  readonly #resources: AsyncDisposable[] = [];

  add<T extends AsyncDisposable>(resource: T): T {
    this.#resources.unshift(resource);
    return resource;
  }

  async disposeAll(): Promise<void> {
    for (const resource of this.#resources) await resource[Symbol.asyncDispose]();
  }
}

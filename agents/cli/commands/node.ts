import type { Command } from "commander";
import type { InventoryChanges } from "../../../contracts/index.ts";
import { declareKind } from "../inventory/declare-kind.ts";
import { asIs, asJson, asLowerCase, asText, asWhole, orNone, readFields } from "../inventory/written-fields.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille node add|set|remove|list`. */
export function declare(command: Command, surroundings: Surroundings): void {
  declareKind(command, surroundings, {
    kind: "nodes",
    noun: "node",
    names: "a node set: pc1 pc[2-9,12], @GROUP, @file:PATH, - for stdin",
    declareFields: (sub) =>
      sub
        .option("--type <type>", "the node type")
        .option("--address <address>", "where the node itself answers, and its own reports come from")
        .option("--mac <mac>", "of the interface that it boots from; none clears it")
        .option("--disk <device>", "the disk that images are written to; none: its first")
        .option("--liveness <probe>", "icmp or tcp:PORT; none: as its type says")
        .option("--ssh-port <n>", "where its ssh server listens (default 22)")
        .option("--ssh-host-key <key>", "ssh-ed25519 AAAA…; without one no ssh is tried")
        .option(
          "--power <json>",
          'the power driver: {"driver":"ipmi","address":"10.0.0.1","username":"admin"}; several: [{…},{…}]',
        )
        .option("--circuit <circuit>", "the power feed that it shares; none: it is not paced")
        .option("--host <node>", "of a virtual node: the machine that it lives on")
        .option("--subnode-of <node>", "the machine that it is built into")
        .option("--experiment <proj/exp>", "reserve it; none frees it")
        .option("--os <os>", "instead of its experiment's; none clears it")
        .option("--nonfatal", "its experiment's setup succeeds without it")
        .option("--no-nonfatal", "its experiment's setup fails without it")
        .option("--password-file <file>", "the BMC's password, sealed here before it leaves; - for stdin"),
    namesOf: async (written, { coordinator, surroundings: ports }) => {
      const { nameNodes } = await import("../operation/name-nodes.ts");
      return nameNodes({ included: written }, coordinator, ports);
    },
    changesOf: async (names, written, { coordinator }) => {
      const fields = readFields(written, readers);
      if (typeof written["nonfatal"] === "boolean") fields["isNonfatal"] = written["nonfatal"];
      const file = written["passwordFile"];
      if (typeof file !== "string") return { set: { nodes: names.map((name) => ({ name, ...fields })) } };
      const { readPassword, sealPasswords } = await import("../inventory/bmc-passwords.ts");
      const password = await readPassword(file, surroundings);
      const sealed = await sealPasswords(coordinator, new Map(names.map((name) => [name, password])));
      const nodes = names.map((name) => ({ name, ...fields, sealedPassword: sealed.get(name) }));
      return { set: { nodes } } as InventoryChanges;
    },
    columns: [
      ["node", ({ name }) => name],
      ["type", ({ type }) => type],
      ["address", ({ address }) => address],
      ["mac", ({ mac }) => mac],
      ["circuit", ({ circuit }) => circuit],
      ["host", ({ host, subnodeOf }) => host ?? subnodeOf],
      ["experiment", ({ experiment }) => experiment],
      ["os", ({ os }) => os],
    ],
    examples: `  reveille node add pc7 --type pc --address 10.0.0.7 --mac 52:54:00:12:34:56 \\
      --power '{"driver":"ipmi","address":"10.1.0.7","username":"admin"}' --password-file bmc.password
  reveille node set pc[1-4] --experiment demo/lab --os ubuntu
  reveille node set pc7 --password-file bmc.password --dry-run
  reveille node remove pc9`,
  });
}

const readers = {
  type: asLowerCase,
  address: asText,
  mac: orNone(asLowerCase),
  disk: orNone(asText),
  liveness: orNone(asText),
  sshPort: asWhole,
  sshHostKey: orNone(asText),
  power: asJson,
  circuit: orNone(asLowerCase),
  host: orNone(asLowerCase),
  subnodeOf: orNone(asLowerCase),
  experiment: orNone(asLowerCase),
  os: orNone(asIs),
};

import type { Command } from "commander";
import { declareKind } from "../inventory/declare-kind.ts";
import { asIs, asNames, readFields } from "../inventory/written-fields.ts";
import { type BusFlags, declareBusFlags, gather } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille user add|set|remove|list`, and `permissions` for nats-server. */
export function declare(command: Command, surroundings: Surroundings): void {
  declareKind(command, surroundings, {
    kind: "users",
    noun: "user",
    names: "users' names",
    declareFields: (sub) =>
      sub
        .option("--public-key <key>", "the nkey's public half, U…")
        .option(
          "--key-file <file>",
          "the nkey's seed: its public half is taken; made, for you to hand over, if it is missing",
        )
        .option(
          "--project <proj[=role]>",
          "member of a project as user or leader; may be given again, replaces all",
          gather,
        )
        .option("--no-projects", "member of no project")
        .option("--admin", "may do everything")
        .option("--no-admin", "may do what their projects let them")
        .option("--revoked", "may do nothing any more; their operations are cancelled")
        .option("--no-revoked", "may act again"),
    namesOf: asNames,
    lackingToAdd: ({ publicKey, keyFile }) =>
      publicKey === undefined && keyFile === undefined
        ? "--key-file FILE, made if it is missing, or --public-key U…"
        : undefined,
    changesOf: async (names, written, { surroundings: ports }) => {
      const fields = readFields(written, { publicKey: asIs });
      const { rolesOf } = await import("../inventory/roles.ts");
      if (typeof written["keyFile"] === "string") fields["publicKey"] = await ports.ensureKey(written["keyFile"]);
      if (typeof written["admin"] === "boolean") fields["isAdmin"] = written["admin"];
      if (typeof written["revoked"] === "boolean") fields["isRevoked"] = written["revoked"];
      if (written["project"] !== undefined) fields["projects"] = rolesOf(written["project"] as readonly string[]);
      else if (written["projects"] === false) fields["projects"] = {};
      return { set: { users: names.map((name) => ({ name, ...fields })) } };
    },
    columns: [
      ["user", ({ name }) => name],
      ["admin", ({ isAdmin }) => (isAdmin === true ? "admin" : null)],
      ["revoked", ({ isRevoked }) => (isRevoked === true ? "revoked" : null)],
      [
        "projects",
        ({ projects }) =>
          Object.entries(projects ?? {})
            .map((pair) => pair.join("="))
            .join(" ") || null,
      ],
      ["public key", ({ publicKey }) => publicKey],
    ],
    examples: `  reveille user add ann --key-file ann.nk --project demo=leader
  reveille user set ann --project demo --project other=leader
  reveille user set ann --revoked
  reveille user permissions > people.conf            what nats-server includes; then send it SIGHUP`,
  });
  const permissions = command.command("permissions").description("Print everybody's lines for nats-server to include.");
  declareBusFlags(permissions).action(async (flags: BusFlags) => {
    const { printPermissions } = await import("../inventory/print-permissions.ts");
    await printPermissions(surroundings, flags);
  });
}

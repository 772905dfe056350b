import Type from "typebox";

/** The version of every payload on the wire; a change that an older reader cannot ignore raises it. */
export const wireVersion = 1;

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const anyCaseLabel = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

/** A node's name as it is kept: a lower-case DNS label. */
export const NodeName = Type.String({ pattern: `^${label}$` });
export type NodeName = string;

/** A node's name as people write it; lowercased by whoever reads it. */
export const NodeNameInput = Type.String({ pattern: `^${anyCaseLabel}$` });

/** The most nodes one command may name; with the longest names it still fits NATS's 1 MiB with room for the rest. */
export const maxNodesPerCommand = 65_536;

/** A person's or an agent's name; the names of the agents are reserved. */
export const UserName = Type.String({ pattern: `^${label}$` });
export type UserName = string;

export const SiteName = Type.String({ pattern: `^${label}$` });
export type SiteName = string;

/** `project/experiment`. */
export const ExperimentName = Type.String({ pattern: `^${label}/${label}$`, description: "project/experiment" });
export type ExperimentName = string;

/** An image's name: as a node's, and with dots and underscores inside. */
export const ImageName = Type.String({
  pattern: "^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$",
  description: "an image's name, lower case",
});
export type ImageName = string;

/** 128 random bits chosen by the caller, 32 lower-case hexadecimal digits: the idempotency key of an operation. */
export const OpId = Type.String({
  pattern: "^[0-9a-f]{32}$",
  description: "an operation's or query's id: 128 random bits chosen by the caller",
});
export type OpId = string;

/** An instant, ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Instant = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$",
  description: "UTC with milliseconds, e.g. 2025-01-01T00:00:00.000Z",
});
export type Instant = string;

/** An nkey's public half, as NATS writes a user's. */
export const PublicKey = Type.String({ pattern: "^U[A-Z2-7]{55}$" });
export type PublicKey = string;

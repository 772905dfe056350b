import Type from "typebox";
import { InventoryDocument, InventoryKindName } from "../inventory.ts";

/** One kind of thing in the inventory, in pages by name, as a document. `users` and `nodes` are for admins. */
export const InventoryQuery = Type.Object(
  { kind: InventoryKindName, after: Type.Optional(Type.String({ maxLength: 127 })) },
  { additionalProperties: false },
);
export type InventoryQuery = Type.Static<typeof InventoryQuery>;

export const InventoryAnswer = Type.Object({ document: InventoryDocument, next: Type.Optional(Type.String()) });
export type InventoryAnswer = Type.Static<typeof InventoryAnswer>;

/** The public key to which BMC passwords are sealed. */
export const SealingKeyQuery = Type.Object({}, { additionalProperties: false });
export type SealingKeyQuery = Type.Static<typeof SealingKeyQuery>;

export const SealingKeyAnswer = Type.Object({ publicKey: Type.Optional(Type.String()) });
export type SealingKeyAnswer = Type.Static<typeof SealingKeyAnswer>;

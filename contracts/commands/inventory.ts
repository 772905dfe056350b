import Type from "typebox";
import { InventoryChanges, InventoryDifference, InventoryKindName } from "../inventory.ts";
import { OpId } from "../names.ts";

/** At most so many differences are told in full; the rest are counted. */
export const maxDifferences = 500;

/**
 * Arguments of `inventory-apply`: change the inventory in one transaction. A change that is too long for one message comes
 * in parts of one `upload`: the earlier ones are kept until the last, `part` = `parts`, which applies them all.
 */
export const InventoryApplyArgs = Type.Object(
  {
    upload: OpId,
    part: Type.Integer({ minimum: 1, maximum: 1_000 }),
    parts: Type.Integer({ minimum: 1, maximum: 1_000 }),
    changes: InventoryChanges,
    prune: Type.Optional(
      Type.Boolean({ description: "remove what the lists that are set do not name; default false" }),
    ),
    expects: Type.Optional(
      Type.Object(
        { kind: InventoryKindName, state: Type.Enum(["new", "existing"]) },
        {
          additionalProperties: false,
          description: "refuse the change where an entry of this kind that is set is not so",
        },
      ),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: "tell the difference, and change nothing; default false" })),
  },
  { additionalProperties: false },
);
export type InventoryApplyArgs = Type.Static<typeof InventoryApplyArgs>;

/** What `inventory-apply` answers: with the last part the difference, before it `isStaged`. */
export const InventoryApplyAnswer = Type.Object({
  isStaged: Type.Boolean(),
  added: Type.Integer({ minimum: 0 }),
  changed: Type.Integer({ minimum: 0 }),
  removed: Type.Integer({ minimum: 0 }),
  differences: Type.Array(InventoryDifference, { maxItems: maxDifferences }),
});
export type InventoryApplyAnswer = Type.Static<typeof InventoryApplyAnswer>;

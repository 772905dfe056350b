import Type from "typebox";
import { OpId } from "../names.ts";

/** Arguments of `cancel-<verb>`: end what has not started of operation `target`; a step under way is finished first. */
export const CancelArgs = Type.Object({ target: OpId }, { additionalProperties: false });
export type CancelArgs = Type.Static<typeof CancelArgs>;

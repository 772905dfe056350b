import Type from "typebox";
import { ImageName, NodeName } from "../names.ts";
import { NodeResult } from "../results.ts";

/**
 * What an acting command with `dryRun` is answered: what would become of each node, by the very admission that would begin
 * it, and undone again. `result`: how it would end at once (busy, denied, skipped, an image that is not whole). `plan`: what would be done, in the
 * verb's own words. A command that would be refused as a whole is refused.
 */
export const DryRunAnswer = Type.Object({
  nodes: Type.Array(
    Type.Object({
      node: NodeName,
      result: Type.Optional(NodeResult),
      waitsFor: Type.Optional(Type.Union([NodeName], { description: "the host whose end is its own" })),
      plan: Type.Optional(Type.String()),
      images: Type.Optional(Type.Array(ImageName, { description: "what would be loaded, in this order" })),
      obstacle: Type.Optional(
        Type.String({ description: "what is known to stand in the way and may be got round, for a person" }),
      ),
      estimateS: Type.Optional(Type.Number({ minimum: 0, description: "seconds, if all goes well" })),
    }),
  ),
});
export type DryRunAnswer = Type.Static<typeof DryRunAnswer>;

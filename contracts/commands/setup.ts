import Type from "typebox";
import { ExperimentName } from "../names.ts";
import { waveLimits } from "./selection.ts";

/** Arguments of `setup`: bring every node of an experiment to the OS that it asks for. */
export const SetupArgs = Type.Object({ experiment: ExperimentName, ...waveLimits }, { additionalProperties: false });
export type SetupArgs = Type.Static<typeof SetupArgs>;

import type { SetupArgs } from "../../contracts/index.ts";
import { type ExperimentRecords, readExperimentRecords } from "../../infra/db/index.ts";
import type { Admission, CommandKnock } from "../runtime/commands/handle-command.ts";
import { decideAdmission } from "./admission.ts";

/** How a command of the setup agent is admitted. */
export function admissionOf({ command }: CommandKnock, now: string): Admission<ExperimentRecords> {
  const args = command.args as SetupArgs;
  const experiment = args.experiment;
  return {
    selection: { experiment },
    needsLocks: true,
    readMore: (tx, { user }) => readExperimentRecords(tx, experiment, user.user),
    decide: (facts, records) => decideAdmission(args, facts, records, now),
  };
}

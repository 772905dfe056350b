import type { AdmittedRun } from "../../infra/db/index.ts";
import { unstartedResult } from "../runtime/commands/unstarted-result.ts";
import type { ImageInspector } from "./image-inspector.ts";

/** What a dry run tells of images: a node one of whose images is not whole would end with it at once. */
export function foreseeImages(
  runs: readonly AdmittedRun[],
  images: ImageInspector,
  now: string,
): Promise<readonly AdmittedRun[]> {
  return Promise.all(
    runs.map(async (run) => {
      const inspected = await Promise.all(run.result ? [] : (run.images ?? []).map((image) => images.inspect(image)));
      const fault = inspected.find((found) => !found.ok);
      if (!fault) return run;
      const { reason, detail } = fault;
      return { ...run, result: unstartedResult("failed", reason, now, { detail }) };
    }),
  );
}

import type { FailureReason } from "../../contracts/index.ts";

/** What can be wrong with an image, as the catalogue says it. */
export type ImageReason = Extract<FailureReason, `image-${string}`>;

/** An image that cannot be used. The detail is for a person, and names files of the image directory by their names alone. */
export interface ImageProblem {
  readonly ok: false;
  readonly reason: ImageReason;
  readonly detail: string;
}

export function imageProblem(reason: ImageReason, detail: string): ImageProblem {
  return { ok: false, reason, detail };
}

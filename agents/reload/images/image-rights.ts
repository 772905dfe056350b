import type { ImageAsker, ImageRow } from "../../../infra/db/index.ts";

/** What somebody does to an image, beside loading it. */
export type ImageDeed = "add" | "change" | "remove" | "verify";

/** Whose an image is, as seen by whoever acts: of one of their projects, of another's, or the site's. */
type ImageSet = "own" | "foreign" | "site";

/** The least that a person must be; each one may what those before it may. */
const roles = ["anybody", "member", "leader", "admin"] as const;
type Role = (typeof roles)[number];

/** Who may do what to which images. */
export const rightsToImages: Readonly<Record<ImageDeed, Readonly<Record<ImageSet, Role>>>> = {
  add: { own: "member", foreign: "admin", site: "admin" },
  verify: { own: "member", foreign: "admin", site: "admin" },
  change: { own: "leader", foreign: "admin", site: "admin" },
  remove: { own: "leader", foreign: "admin", site: "admin" },
};

/** Whether somebody may do a deed to an image, pure. A member may change and remove what they added themselves. */
export function mayDoToImage(
  deed: ImageDeed,
  asker: ImageAsker,
  { project, addedBy }: Pick<ImageRow, "project"> & { readonly addedBy?: string },
): boolean {
  const own = project === null ? undefined : asker.roles[project];
  const set = project === null ? "site" : own ? "own" : "foreign";
  const role: Role = asker.isAdmin ? "admin" : own === "leader" ? "leader" : own ? "member" : "anybody";
  if ((deed === "remove" || deed === "change") && set === "own" && addedBy === asker.user) return true;
  return roles.indexOf(role) >= roles.indexOf(rightsToImages[deed][set]);
}

/**
 * Whether somebody may have an image made of a file, pure: who is no admin, of those in their project's folder alone. Else
 * a member could read another project's disks by making images of them.
 */
export function mayRead(path: string, { isAdmin }: ImageAsker, project: string | null): boolean {
  return isAdmin || (project !== null && path.startsWith(`${project}/`));
}

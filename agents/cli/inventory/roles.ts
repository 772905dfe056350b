import { type ProjectRole, projectRoles } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";

/** `demo` and `demo=leader` as project to role. Throws RefusedError. */
export function rolesOf(written: readonly string[]): Record<string, ProjectRole> {
  return Object.fromEntries(
    written.map((text) => {
      const [project = "", role = "user"] = text.toLowerCase().split("=");
      if (!isRole(role))
        throw new RefusedError("malformed-arguments", `a role is ${projectRoles.join(" or ")}: ${text}`);
      return [project, role];
    }),
  );
}

function isRole(text: string): text is ProjectRole {
  return (projectRoles as readonly string[]).includes(text);
}

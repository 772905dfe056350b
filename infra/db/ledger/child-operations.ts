import type { ActingVerb } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** What an agent asked, or is about to ask, of another agent on an operation's behalf. */
export interface ChildOperation {
  readonly op: string;
  readonly parentOp: string;
  readonly verb: ActingVerb;
  readonly args: Readonly<Record<string, unknown>> & { readonly nodelist: readonly string[] };
  /** By when it is to be done; null for when its parent is. */
  readonly deadlineAt: Date | null;
}

/** Written before the command is published: whoever takes the parent over finds it, and asks for the very same. */
export async function addChildOperation(sql: Sql, child: ChildOperation): Promise<void> {
  await sql`
    insert into child_operations (op, parent_op, verb, args, deadline_at)
    values (${child.op}, ${child.parentOp}, ${child.verb}, ${sql.json(child.args as never)}, ${child.deadlineAt})`;
}

/** The children of an operation, oldest first. */
export async function readChildOperations(sql: Sql, parentOp: string): Promise<readonly ChildOperation[]> {
  return sql<ChildOperation[]>`
    select op, parent_op as "parentOp", verb, args, deadline_at as "deadlineAt" from child_operations
    where parent_op = ${parentOp} order by created_at, op`;
}

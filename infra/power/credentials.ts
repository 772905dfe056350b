/** Looks up the password of a node's BMC; undefined if none is recorded. It is asked by every `prepare` and `read`. */
export type Credentials = (node: string) => Promise<{ readonly password: string } | undefined>;

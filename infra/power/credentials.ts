/** Looks up the password of a node's BMC; undefined if none is recorded. It is asked at each use and nothing is kept. */
export type Credentials = (node: string) => Promise<{ readonly password: string } | undefined>;

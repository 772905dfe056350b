const NOBODY = 65_534;

/** The uid and gid that a child runs under; empty when it runs under ours. */
export interface Credentials {
  readonly uid?: number;
  readonly gid?: number;
}

/** Nobody's when we are root (PostgreSQL refuses root, nats-server has no need of it), else our own. */
export function unprivilegedCredentials(): Credentials {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** How a child is told of a folder: its path, and the folder itself when it is handed over open. */
export interface FolderGrant {
  readonly path: string;
  readonly openFolder?: string;
}

/** Where a child finds the folder that it was handed open. */
export const OPEN_FOLDER_DESCRIPTOR = 4;

/**
 * Makes a folder known to a child under these credentials. When root starts it, the directories above may be closed to
 * it (a checkout in /root, a private temporary folder). Linux asks none of them where a process reaches a folder
 * through its own open descriptor, so the data stay where the host's directory is.
 */
export function grantFolder(folder: string, credentials: Credentials): FolderGrant {
  return credentials.uid !== undefined && process.platform === "linux"
    ? { path: `/proc/self/fd/${OPEN_FOLDER_DESCRIPTOR}`, openFolder: folder }
    : { path: folder };
}

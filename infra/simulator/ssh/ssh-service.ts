import type { Socket } from "node:net";
import ssh2, { type Connection, type ParsedKey, type ServerChannel, type Session } from "ssh2";
import { authenticate } from "./authentication.ts";
import type { CommandResult } from "./command-line.ts";
import type { HostKey } from "./host-key.ts";

/** The ssh server of a node, without a port of its own: it is handed connections. */
export interface SshService {
  serve(socket: Socket): void;
}

export interface SshServiceOptions {
  readonly hostKey: HostKey;
  readonly authorizedKey: ParsedKey;
  /** Runs what a client asks for by `exec`; a rejection drops the connection. */
  readonly run: (commandLine: string) => Promise<CommandResult>;
}

/** The server behind it is made with the first connection: most nodes of a fleet are never logged into. */
export function createSshService(options: SshServiceOptions): SshService {
  let server: ssh2.Server | undefined;
  return {
    serve(socket) {
      server ??= new ssh2.Server({ hostKeys: [options.hostKey.privateFile()], ident: "reveille-simulator" }, (client) =>
        welcome(client, options),
      );
      server.injectSocket(socket);
    },
  };
}

function welcome(client: Connection, { authorizedKey, run }: SshServiceOptions): void {
  // A client that goes away, or speaks something else, concerns nobody.
  client.on("error", () => client.end());
  client.on("authentication", (context) => authenticate(context, authorizedKey));
  client.on("session", (accept) => openSession(accept(), { client, run }));
}

function openSession(
  session: Session,
  { client, run }: Pick<SshServiceOptions, "run"> & { readonly client: Connection },
): void {
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    run(command).then(
      (result) => answer(channel, result),
      () => client.end(),
    );
  });
}

function answer(channel: ServerChannel, { stdout, stderr, exitCode }: CommandResult): void {
  if (stderr) channel.stderr.write(stderr);
  if (stdout) channel.write(stdout);
  channel.exit(exitCode);
  channel.end();
}

import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { StateReport, hasShape, parseJson } from "../../../../contracts/index.ts";

export interface ReceivedReport extends StateReport {
  /** The address it came from. */
  readonly from: string;
}

/** Stands where the boot agent stands: takes state reports over HTTP, and keeps them. */
export interface ReportReceiver extends AsyncDisposable {
  readonly url: string;
  /** Every well-formed report, the refused among them, oldest first. */
  readonly reports: readonly ReceivedReport[];
  /** The states that came from `address`, oldest first. */
  statesFrom(address: string): string[];
  /** What the next reports are answered with: 204 at first. */
  httpStatus: number;
}

export async function startReportReceiver(): Promise<ReportReceiver> {
  const reports: ReceivedReport[] = [];
  const receiver = { httpStatus: 204 };
  const server = createServer((request, response) => {
    void readReport(request).then((report) => {
      if (report) reports.push(report);
      response.writeHead(report ? receiver.httpStatus : 400).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reports,
    statesFrom: (address: string) => reports.filter(({ from }) => from === address).map(({ state }) => state),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function readReport(request: IncomingMessage): Promise<ReceivedReport | undefined> {
  const body = parseJson(await text(request));
  if (request.method !== "POST" || request.url !== "/v1/state") return undefined;
  if (!body.ok || !hasShape(StateReport, body.value)) return undefined;
  return { ...body.value, from: request.socket.remoteAddress ?? "" };
}

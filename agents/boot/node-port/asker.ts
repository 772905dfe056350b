import type { FastifyReply, FastifyRequest } from "fastify";
import { type RamdiskBoot, type Sql, readRamdiskBoot } from "../../../infra/db/index.ts";
import { bearerOf, digestOf, isSameDigest } from "../answers/token.ts";
import { RequestRefusal } from "./refusal.ts";

/** Where a request comes from. IPv4 addresses may come mapped into IPv6 (RFC 4291 §2.5.5.2); the inventory has them plain. */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string {
  return ip.replace(/^::ffff:(?=\d+\.)/, "");
}

/** The MAC that a node says is its own, as the inventory writes it. Throws RequestRefusal. */
export function macOf(query: unknown): string {
  const { mac } = query as { readonly mac?: unknown };
  if (typeof mac !== "string" || !/^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(mac)) {
    throw new RequestRefusal(400, "mac must be six bytes, as 52-54-00-12-34-56");
  }
  return mac.toLowerCase().replaceAll("-", ":");
}

/**
 * The ramdisk that asks, known by its token: only that of its node's newest boot counts, and only from that node's own
 * address. Throws RequestRefusal.
 */
export async function ramdiskOf(sql: Sql, request: FastifyRequest): Promise<RamdiskBoot> {
  const token = bearerOf(request.headers.authorization);
  if (token === undefined) throw new RequestRefusal(401, "this needs the token of the node's newest boot");
  const digest = digestOf(token);
  const boot = await readRamdiskBoot(sql, digest);
  if (!boot || !isSameDigest(boot.tokenSha256, digest)) {
    throw new RequestRefusal(401, "the token is of no boot, or of an older one");
  }
  if (boot.address !== addressOf(request)) throw new RequestRefusal(403, "the token is another node's");
  return boot;
}

/** Aborted when whoever asked hangs up. */
export function hangUpSignal(reply: FastifyReply): AbortSignal {
  const hungUp = new AbortController();
  reply.raw.once("close", () => hungUp.abort());
  return hungUp.signal;
}

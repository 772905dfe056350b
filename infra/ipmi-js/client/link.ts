import { isIP } from "node:net";
import type { ChassisAction } from "../commands/chassis/chassis-control.ts";
import type { Command } from "../commands/command.ts";
import { BmcPasswordError, BmcUserError } from "../errors/credentials.ts";
import { ClientClosedError, NotSentError } from "../errors/silence.ts";
import { type Asking, ask, hasPrivilege, raisePrivilege } from "./ask.ts";
import { type Call, admit, withDeadlineAt } from "./call.ts";
import { notSentBecause, precedingCall, sendControl, verifySession } from "./control.ts";
import type { ControlResult } from "./ipmi-client.ts";
import type { Line } from "./line.ts";
import { RoundTrip } from "./round-trip.ts";
import { openSession } from "./session-opener.ts";
import type { Session } from "./session.ts";
import { openSol } from "./open-sol.ts";
import type { SolConsole } from "./sol-console.ts";
import type { ResolvedTarget } from "./target.ts";
import { Turnstile } from "./turnstile.ts";
import type { Wiring } from "./wiring.ts";

/** A warm session that went silent has used up some of a BMC's patience; a new set-up gets at least this much. */
const LEAST_SET_UP_PATIENCE_MS = 2_500;

/** What the client holds of one BMC: its session, its round trip, and the order of its commands. */
export class Link {
  readonly target: ResolvedTarget;
  readonly #wiring: Wiring;
  readonly #turn: Turnstile;
  readonly #roundTrip: RoundTrip;
  #session: Session | undefined;
  #line: Line | undefined;
  /** When the BMC last refused the credentials. */
  #refusal: { readonly error: Error; readonly at: number } | undefined;
  #closing: Promise<void> | undefined;
  #underWay = 0;
  readonly #consoles = new Set<SolConsole>();

  constructor(target: ResolvedTarget, wiring: Wiring) {
    this.target = target;
    this.#wiring = wiring;
    this.#turn = new Turnstile(wiring.sweep, 1);
    this.#roundTrip = new RoundTrip(wiring.neighbours);
  }

  get isIdle(): boolean {
    const hasSession = this.#session !== undefined || this.#closing !== undefined || this.#consoles.size > 0;
    return this.#underWay === 0 && !hasSession;
  }

  /** Opens the session, or makes sure that the BMC still has it. */
  connect(call: Call): Promise<void> {
    return this.#inTurn(call, async (asking) => {
      await this.#verifiedSession(asking);
    });
  }

  execute<Request, Response>(
    call: Call,
    question: { readonly command: Command<Request, Response>; readonly request: Request },
  ): Promise<Response> {
    return this.#inTurn(call, async (asking) => {
      for (;;) {
        const session = this.#session ?? (await this.#openSession(asking));
        const { privilege } = question.command;
        const isAllowed = hasPrivilege(session, privilege) || (await raisePrivilege(asking, session, privilege));
        const asked = isAllowed ? await ask(asking, session, question) : undefined;
        if (asked?.kind === "told") return asked.response;
        this.#forgetSession();
      }
    });
  }

  control(
    call: Call,
    control: { readonly action: ChassisAction; readonly sendBeforeAt: number },
  ): Promise<ControlResult> {
    const work = async (asking: Asking) => {
      let session: Session;
      try {
        session = await this.#verifiedSession(precedingCall(asking, control.sendBeforeAt));
      } catch (error) {
        throw notSentBecause(asking, error, control.sendBeforeAt);
      }
      return sendControl(asking, session, control);
    };
    return this.#inTurn(call, work, control.sendBeforeAt);
  }

  /** Activates SOL over a session of its own. */
  openSol(call: Call, options: { readonly takeOver: boolean }): Promise<SolConsole> {
    return this.#inTurn(call, async (asking) => {
      const session = await openSession(asking, asking.line.unreachableAfterMs);
      try {
        const onClosed = (closed: SolConsole) => this.#consoles.delete(closed);
        const console = await openSol(asking, session, { ...options, onClosed });
        this.#consoles.add(console);
        return console;
      } catch (error) {
        await session.close();
        throw error;
      }
    });
  }

  async closeConsoles(): Promise<void> {
    await Promise.all([...this.#consoles].map((console) => console.close()));
  }

  /** Closes the session, if there is one, after what is under way. */
  async disconnect(): Promise<void> {
    const now = performance.now();
    const forever: Call = { startedAt: now, deadlineAt: Number.POSITIVE_INFINITY, signal: undefined };
    await this.#closing;
    if (this.#session === undefined || (await this.#turn.enter(forever)) !== "entered") return;
    try {
      await this.#closeSession();
    } finally {
      this.#turn.leave();
    }
  }

  /** Closes a session that has not been used for `idleMs`. */
  closeIfIdle(idleMs: number): void {
    const session = this.#session;
    if (session === undefined || this.#underWay > 0 || performance.now() - session.usedAt < idleMs) return;
    void this.disconnect();
  }

  /** What must leave before an instant waits no longer than that for its turn, and goes before what need not. */
  async #inTurn<T>(call: Call, work: (asking: Asking) => Promise<T>, sendBeforeAt?: number): Promise<T> {
    const { window } = this.#wiring;
    const pace = sendBeforeAt === undefined || sendBeforeAt >= call.deadlineAt ? "patient" : "hurried";
    const wait = sendBeforeAt === undefined ? call : withDeadlineAt(call, sendBeforeAt);
    this.#underWay++;
    let isInWindow = false;
    const leaveWindow = () => {
      if (isInWindow) window.leave();
      isInWindow = false;
    };
    try {
      if (!this.#turn.tryEnter(pace)) this.#throwUnlessEntered(await this.#turn.enter(wait, pace), call);
      try {
        if (!window.tryEnter(pace)) this.#throwUnlessEntered(await window.enter(wait, pace), call);
        isInWindow = true;
        this.#line ??= await this.#connectLine();
        const asking = this.#asking(this.#line, admit(call), leaveWindow);
        this.#throwIfEnded(call);
        // Else each call that waited would be one more attempt, and a few attempts lock the user out.
        if (this.#refusal !== undefined && call.startedAt <= this.#refusal.at) throw this.#refusal.error;
        return await work(asking);
      } finally {
        leaveWindow();
        this.#leaveTurn();
      }
    } finally {
      this.#underWay--;
    }
  }

  #leaveTurn(): void {
    if (this.#wiring.keepSessionMs > 0 || this.#underWay > 1 || this.#session === undefined) {
      this.#turn.leave();
    } else {
      this.#closing = this.#closeSession().finally(() => {
        this.#closing = undefined;
        this.#turn.leave();
      });
    }
  }

  #throwUnlessEntered(verdict: "entered" | "deadline" | "aborted", call: Call): void {
    if (verdict === "aborted") this.#throwIfEnded(call);
    if (verdict === "deadline") {
      throw new NotSentError(this.target, { why: "its time passed while other calls were under way" });
    }
  }

  #throwIfEnded(call: Call): void {
    if (this.#wiring.isClosed()) throw new ClientClosedError(this.target);
    call.signal?.throwIfAborted();
  }

  #asking(line: Line, call: Call, onFirstSilence: () => void): Asking {
    return {
      line,
      call,
      random: this.#wiring.random,
      onFirstSilence,
      isEnded: () => this.#wiring.isClosed() || call.signal?.aborted === true,
      throwIfEnded: () => this.#throwIfEnded(call),
    };
  }

  async #verifiedSession(asking: Asking): Promise<Session> {
    for (;;) {
      const session = this.#session ?? (await this.#openSession(asking));
      if ((await verifySession(asking, session)) === "verified") return session;
      this.#forgetSession();
    }
  }

  async #openSession(asking: Asking): Promise<Session> {
    const { line, call } = asking;
    const beganAt = performance.now();
    const spentMs = beganAt - call.startedAt;
    try {
      this.#session = await openSession(
        withTimeToConnect(asking, beganAt),
        Math.max(line.unreachableAfterMs - spentMs, LEAST_SET_UP_PATIENCE_MS),
      );
      return this.#session;
    } catch (error) {
      if (isRefusedCredential(error)) this.#refusal = { error, at: performance.now() };
      throw error;
    } finally {
      if (call.connectMs !== undefined) call.deadlineAt += performance.now() - beganAt;
    }
  }

  #forgetSession(): void {
    this.#session?.forget();
    this.#session = undefined;
  }

  #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    return session?.close() ?? Promise.resolve();
  }

  async #connectLine(): Promise<Line> {
    const { sweep, demultiplexer, randomBytes, unreachableAfterMs, sockets4, sockets6 } = this.#wiring;
    const { address: name, port } = this.target;
    const address = isIP(name) === 0 ? await this.#resolve(name) : name;
    const sockets = isIP(address) === 6 ? sockets6 : sockets4;
    const socket = sockets.takeOpen() ?? (await sockets.take());
    return {
      target: this.target,
      remote: { address, port },
      sweep,
      demultiplexer,
      roundTrip: this.#roundTrip,
      randomBytes,
      unreachableAfterMs,
      send: (packet) => {
        if (!sockets.isClosed) socket.send(packet, port, address);
      },
    };
  }

  async #resolve(name: string): Promise<string> {
    try {
      // Loaded when it is needed: a fleet of IP addresses never does.
      const { lookup } = await import("node:dns/promises");
      return (await lookup(name)).address;
    } catch (cause) {
      throw new NotSentError(this.target, { why: "its name cannot be looked up; check the name", cause });
    }
  }
}

function withTimeToConnect(asking: Asking, beganAt: number): Asking {
  const { connectMs } = asking.call;
  if (connectMs === undefined) return asking;
  return { ...asking, call: { ...asking.call, startedAt: beganAt, deadlineAt: beganAt + connectMs } };
}

function isRefusedCredential(error: unknown): error is Error {
  return error instanceof BmcPasswordError || error instanceof BmcUserError;
}

import { type ArgsOf, ImageName, argsSchemaOf, hasShape, problemsOf } from "../../../contracts/index.ts";
import { conclude } from "../conclusion/conclude.ts";
import { type Ending, RefusedError, UnansweredError } from "../conclusion/ending.ts";
import { type BusFlags, outputModeOf } from "../operation/flags.ts";
import { withCoordinator } from "../operation/with-coordinator.ts";
import { startByteProgress } from "../output/byte-progress.ts";
import { encodeJson } from "../output/json-documents.ts";
import { stripControls } from "../output/strip-controls.ts";
import type { Surroundings } from "../surroundings.ts";

type ImageVerb = "image-add" | "image-cancel" | "image-remove" | "image-set" | "image-verify";

/** How long the reload agent may be silent, milliseconds; at work it tells every second how far it is. */
const silenceMs = 15_000;

interface ImageCommand<V extends ImageVerb> {
  readonly verb: V;
  /** What the command line says; its shape is looked at before it is sent. Throws RefusedError. */
  readonly args: () => ArgsOf<V>;
  readonly image: string;
  readonly flags: BusFlags;
}

/** What an answer comes to: how it is put to a person, and how many images are not whole. */
interface Told {
  readonly words: string;
  readonly missingCount?: number;
}

/** Asks the reload agent for a deed on an image, shows how far it is, and prints what it comes to. */
export async function runImageCommand<V extends ImageVerb>(
  surroundings: Surroundings,
  { verb, args, image, flags }: ImageCommand<V>,
  tell: (answer: unknown) => Told | undefined,
): Promise<void> {
  const mode = outputModeOf(flags);
  await conclude(
    surroundings,
    { verb, mode, isDebug: flags.debug === true },
    async (record, signal): Promise<Ending> => {
      if (!hasShape(ImageName, image)) {
        throw new RefusedError("malformed-arguments", "an image's name is of lower-case letters, digits and ._-");
      }
      const wanted = args();
      const schema = argsSchemaOf(verb);
      if (!hasShape(schema, wanted)) throw new RefusedError("malformed-arguments", problemsOf(schema, wanted));
      record.followUp = `reveille images ${image}`;
      return withCoordinator(surroundings, flags, { record, signal }, async (coordinator) => {
        const progress = await startByteProgress(surroundings.stderr, image);
        const stop = () => progress.stop();
        signal.addEventListener("abort", stop, { once: true });
        try {
          record.isSent = true;
          const reply = await coordinator.control(verb, wanted, {
            answerWithinMs: silenceMs,
            onWorking: ({ bytesDone, bytesTotal }) => progress.advance(bytesDone, bytesTotal),
          });
          progress.stop();
          if (!reply.ok && reply.reason === "answer-lost") throw new UnansweredError(reply.detail);
          if (!reply.ok) return { kind: "refused", reason: reply.reason, detail: reply.detail };
          const told = tell(reply.answer);
          if (!told) throw new Error("the reload agent's answer is not of this version's shape");
          const { words, missingCount = 0 } = told;
          const document = { verb, user: coordinator.user, code: missingCount, ...(reply.answer as object) };
          await surroundings.stdout.write(`${mode === "text" ? stripControls(words) : encodeJson(document)}\n`);
          return { kind: "answered", missingCount };
        } finally {
          signal.removeEventListener("abort", stop);
          progress.stop();
        }
      });
    },
  );
}

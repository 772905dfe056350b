import type { Lesson } from "./decide-access.ts";

/**
 * Credentials that are being tried for the first time: whoever else would try one waits for what comes of it, so that a
 * wrong password is met once and not as often as somebody asks. One that was taken is not tried but used, by all at once.
 */
export interface Trials {
  /**
   * `begun`: it is the caller's turn, who must `end` it. Else another has tried meanwhile, with this lesson: look anew.
   * Rejects with the signal's reason when it is aborted.
   */
  begin(node: string, digest: string, signal: AbortSignal): Promise<"begun" | Lesson>;
  end(node: string, digest: string, lesson: Lesson): void;
}

export function createTrials(): Trials {
  const taken = new Map<string, string>();
  const underWay = new Map<string, { readonly over: Promise<Lesson>; readonly end: (lesson: Lesson) => void }>();
  return {
    async begin(node, digest, signal) {
      if (taken.get(node) === digest) return "begun";
      const trial = underWay.get(digest);
      if (trial) return unlessAborted(trial.over, signal);
      let end: (lesson: Lesson) => void = () => undefined;
      const over = new Promise<Lesson>((resolve) => (end = resolve));
      underWay.set(digest, { over, end });
      return "begun";
    },
    end(node, digest, lesson) {
      if (lesson.isCredentialTaken === true) taken.set(node, digest);
      if (lesson.isCredentialTaken === false) taken.delete(node);
      underWay.get(digest)?.end(lesson);
      underWay.delete(digest);
    },
  };
}

async function unlessAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener("abort", leave, { once: true });
    void waited.then((value) => {
      signal.removeEventListener("abort", leave);
      resolve(value);
    });
  });
}

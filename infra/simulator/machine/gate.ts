/** Lets so many through at a time; the others wait in the order in which they came. */
export interface Gate {
  /** Runs `work` once there is room. */
  pass<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(size: number): Gate {
  const waiting: (() => void)[] = [];
  let free = size;
  return {
    async pass(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}

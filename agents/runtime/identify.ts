/** How long a looked-up key is believed, milliseconds: so soon is a revoked one refused at the door. */
const believedMs = 2_000;
/** How many keys are remembered; beyond it the oldest are forgotten. */
const maxKeys = 10_000;

/**
 * Looks up whose a public key is, and remembers it for a moment. While the database is away a key that was known still
 * has its name, so that its owner can be told `database-unreachable`: admission itself checks the user anew.
 */
export function createIdentify(
  lookUp: (publicKey: string) => Promise<string | undefined>,
  now: () => number = Date.now,
): (publicKey: string) => Promise<string | undefined> {
  const remembered = new Map<string, { readonly name: string | undefined; readonly untilMs: number }>();
  return async (publicKey) => {
    const known = remembered.get(publicKey);
    if (known && known.untilMs > now()) return known.name;
    let name: string | undefined;
    try {
      name = await lookUp(publicKey);
    } catch (error) {
      if (known?.name !== undefined) return known.name;
      throw error;
    }
    if (name === undefined) {
      remembered.delete(publicKey);
      return undefined;
    }
    remembered.delete(publicKey);
    remembered.set(publicKey, { name, untilMs: now() + believedMs });
    const [oldest] = remembered.keys();
    if (remembered.size > maxKeys && oldest !== undefined) remembered.delete(oldest);
    return name;
  };
}

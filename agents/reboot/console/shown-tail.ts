/** The most of a console that goes into a result, characters. */
const maxCharacters = 4_000;

/** Boot loaders and kernels print their command line, and with it the token that a ramdisk is known by. */
const oneTimeToken = /reveille\.token=[^\s"']*/g;

/** The end of what a console showed, fit for a result: what is secret is blotted out before anything is cut off. */
export function shownTail(text: string): string {
  return text.replaceAll(oneTimeToken, "reveille.token=…").slice(-maxCharacters).trim();
}

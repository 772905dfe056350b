import { type Reason, adviceOf, isRetryable, reasonTable, reasons } from "../../contracts/index.ts";

const scopes = {
  operation: ["A command is refused as a whole", "Stands in `rejected`; the code is -1 and nothing was touched."],
  node: ["A node did not succeed", "Stands in that node's result, whose status is 1."],
  either: [
    "An image cannot be used, or made",
    "Stands in `rejected` for `image-add`, and in the result of each node that was to load the image.",
  ],
  success: ["A node succeeded", "Stands in that node's result, whose status is 0: what the success rests on."],
} as const;

/** The catalogue of reasons as a page for people. */
export function reasonsPage(): string {
  const sections = Object.entries(scopes).map(([scope, [title, meaning]]) => {
    const rows = reasons.filter((reason) => reasonTable[reason].scope === scope).map(rowOf);
    return [
      `## ${title}`,
      "",
      meaning,
      "",
      "| reason | scope | retryable | advice |",
      "| --- | --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
  });
  const head = [
    "# Reasons",
    "",
    "Every refusal and every node's result names one of these literals: branch on them, never on the text of a `detail`.",
    "*Retryable* says whether the same request may succeed without anybody changing anything.",
    "",
  ];
  return [...head, ...sections].join("\n");
}

function rowOf(reason: Reason): string {
  const advice = adviceOf(reason).replaceAll("|", "\\|");
  return `| \`${reason}\` | ${reasonTable[reason].scope} | ${isRetryable(reason) ? "yes" : "no"} | ${advice} |`;
}

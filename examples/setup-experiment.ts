// Bring every node of an experiment to its OS, and decide by the answer whether to try again.
//
//   npx tsx examples/setup-experiment.ts CONTEXT.json PROJECT/EXPERIMENT
//
// A setup leaves a node alone, reconfigures, reboots or reloads it, by what is recorded of it; `plan` says which before
// anything is done. Its code counts the nodes that failed, save those marked nonfatal, and `retry` says whether another
// try may help: `futile` is the seed's "terminate with no retry", since such a failure is an unusual one.
import { connect, readContext } from "../bus/index.ts"; // from "reveille" in your project
import { DryRunAnswer, hasShape } from "../contracts/index.ts"; // from "reveille/contracts"

const mostTries = 3;
const [contextFile = "", experiment = ""] = process.argv.slice(2);

await using reveille = await connect(await readContext(contextFile));
const planned = await reveille.plan("setup", { experiment });
if (planned.ok && hasShape(DryRunAnswer, planned.answer)) {
  for (const { node, plan = "as it is", estimateS = 0 } of planned.answer.nodes) {
    console.log(`${node}: ${plan}, about ${estimateS} s`);
  }
}

for (let attempt = 1; attempt <= mostTries; attempt += 1) {
  const operation = await reveille.setup({ experiment });
  const { code, results, retry, detail } = await operation.wait();
  for (const [node, { outcome, reason }] of Object.entries(results)) console.log(`${node}: ${outcome} (${reason})`);
  console.log(`try ${attempt}: code ${code}${detail === undefined ? "" : `, ${detail}`}; retry: ${retry ?? "no need"}`);
  process.exitCode = code === 0 ? 0 : 1;
  if (retry !== "may-help") break;
}

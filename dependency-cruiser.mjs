// Which part may know which: the arrows of DESIGN.md, as rules. A breach is reported by its rule's name.
const databaseDrivers = "node_modules/(postgres|drizzle-orm)/";
export default {
  forbidden: [
    {
      name: "contracts-stand-alone",
      severity: "error",
      comment: "contracts/ is the vocabulary: typebox only.",
      from: { path: "^contracts/" },
      to: { pathNot: ["^contracts/", "node_modules/typebox/"] },
    },
    {
      name: "bus-knows-only-contracts",
      severity: "error",
      comment: "bus/ carries messages; it decides and stores nothing.",
      from: { path: "^bus/" },
      to: { path: ["^(agents|infra|test)/", databaseDrivers] },
    },
    {
      name: "infra-knows-only-contracts",
      severity: "error",
      comment: "infra/ is stood upon; it knows no agent and no bus.",
      from: { path: "^infra/" },
      to: { path: "^(agents|bus|test)/" },
    },
    {
      name: "agents-are-islands",
      severity: "error",
      comment: "Agents talk over the bus, not by import.",
      from: { path: "^agents/([^/]+)/" },
      to: { path: "^agents/[^/]+/", pathNot: ["^agents/$1/", "^agents/runtime/"] },
    },
    {
      name: "technologies-are-islands",
      severity: "error",
      comment: "Another folder of infra/ is reached by its index alone.",
      from: { path: "^infra/([^/]+)/" },
      to: { path: "^infra/[^/]+/", pathNot: ["^infra/$1/", "^infra/[^/]+/index\\.ts$"] },
    },
    {
      name: "sql-stays-in-db",
      severity: "error",
      comment: "Only infra/db speaks SQL.",
      from: { pathNot: "^(infra/db|test)/" },
      to: { path: databaseDrivers },
    },
    {
      name: "ipmi-js-is-a-library",
      severity: "error",
      comment: "infra/ipmi-js could be published as it stands.",
      from: { path: "^infra/ipmi-js/" },
      to: { path: "^(contracts|bus|agents|infra|test)/", pathNot: "^infra/ipmi-js/" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "production-never-imports-test", severity: "error", from: { pathNot: "^test/" }, to: { path: "^test/" } },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^(agents|bus|contracts|infra)/", pathNot: "^infra/build" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};

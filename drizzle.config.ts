import { defineConfig } from "drizzle-kit";

// `npx drizzle-kit generate --name what-changes` writes the next migration from the schema; see infra/db/README.md.
export default defineConfig({
  dialect: "postgresql",
  schema: "./infra/db/schema/*.ts",
  out: "./infra/db/migrations",
});

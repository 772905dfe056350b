export { type ProgramOptions, type ProgramOutcome, type ProgramOutput, runProgram } from "./run-program.ts";

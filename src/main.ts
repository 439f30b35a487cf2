import { runOnRunner } from "./action/run.ts";
import { VERSION } from "./version.ts";

async function main(): Promise<void> {
  try {
    const status = await runOnRunner({ version: VERSION, today: new Date().toISOString().slice(0, 10) });
    // Whatever a broken connection still waits for, the run ends when its last line is written.
    process.stdout.write("", () => process.exit(status));
  } catch (error) {
    const { setFailed } = await import("@actions/core");
    setFailed(`internal error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

void main();

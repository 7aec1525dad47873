/** What a test of `onboardTenant` stands on: a simulator, a work folder, and an engine that this process finds, as in a service. */
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { findEngine } from "../../scripts/engine";
import { withStandIns } from "../plugins";
import { connection, keys } from "./scene";

export interface OnboardingService {
  sim: Simulator;
  workDir: string;
  /** The environment of a call: where the simulator is, its keys, and a backend in the work folder. */
  settings: Record<string, string>;
  /** Takes all of it away, and gives the process its environment back. */
  close(): Promise<void>;
}

export async function openOnboardingService(): Promise<OnboardingService> {
  const environment = { ...process.env };
  const sim = await startSimulator({});
  const work = path.join(__dirname, ".work");
  fs.mkdirSync(work, { recursive: true });
  const workDir = fs.mkdtempSync(path.join(work, "onboarding-"));
  fs.mkdirSync(path.join(workDir, "state"));
  const engine = findEngine()!;
  Object.assign(process.env, engine.env, { PATH: withStandIns(engine.path) });
  return {
    sim,
    workDir,
    settings: {
      ...connection(sim),
      ...keys(sim),
      PULUMI_BACKEND_URL: `file://${workDir}/state`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    async close() {
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
      Object.assign(process.env, environment);
      fs.rmSync(workDir, { recursive: true, force: true });
      await sim.close();
    },
  };
}

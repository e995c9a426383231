import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { recordOf } from "./records";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import type { Stack } from "./stack";
import { stampsOf } from "./stamps";
import { until } from "./until";
import { revealed, secret } from "./values";

/** The test provider's file of variables, for the conformance suite. */
export const environmentSample: Sample = {
  type: "test:index:EnvironmentFile",
  plugin: "test",
  restores: true,
  update: {
    args: { variables: { ALGO: "Tree", DEBUG: "INFO", QPS: "4" } },
    paths: ["variables.ALGO", "variables.DEBUG", "variables.QPS"],
  },
  nested: { path: "variables.ALGO", beside: "variables.QPS" },
  thing: (stack, { name }, suffix) => new EnvironmentFile(stack, name, suffix),
};

class EnvironmentFile implements Thing {
  readonly token = randomUUID();
  readonly args: Args;
  readonly id: string;
  private readonly file: string;

  constructor(
    stack: Stack,
    host: string,
    private readonly suffix: string,
  ) {
    this.file = stack.file(`${suffix}/environment.conf`);
    this.id = `${host}/environment-file/${this.file}`;
    this.args = { host, file: this.file, variables: { ALGO: "Ring", QPS: "2" }, token: secret(this.token) };
    mkdirSync(dirname(this.file), { recursive: true });
  }

  prepare = (): void => this.write({ ALGO: "NVLS" });
  makeByHand = (): void => this.write(this.expected(this.args));
  facts = () => this.snapshot();
  ownership = () => recordOf("environment-file", this.file);
  lastWrite = () => [stampsOf(dirname(this.file), this.file), this.ownership()].join("\n");

  snapshot(): Record<string, string> | undefined {
    if (!existsSync(this.file)) return undefined;
    const lines = readFileSync(this.file, "utf8").trim().split("\n");
    return Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
  }

  expected(args: Args): Record<string, string> {
    const { variables, token } = revealed(args) as { variables: Record<string, string>; token: string };
    return { ...variables, TOKEN: token };
  }

  drift({ nested, beside }: { nested?: boolean; beside?: boolean }): void {
    this.write({ ...this.snapshot(), ...(nested ? { ALGO: "CollnetChain" } : {}), ...(beside ? { QPS: "8" } : {}) });
  }

  async upToStall(stack: Stack) {
    stack.resources({ [this.suffix]: resourceOf(environmentSample, { ...this.args, settleSeconds: 600 }) });
    const before = readFileSync(this.file, "utf8");
    const up = stack.start("up", "--yes", "--skip-preview");
    await until("the variables are written", () => readFileSync(this.file, "utf8") !== before);
    return up;
  }

  private write(values: Record<string, string>): void {
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(this.file, lines.join(""));
  }
}

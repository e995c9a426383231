import { type BmcMachine, type Server, type Settings, settingsOf } from "../../lab/engine/support/bmc-machine";
import { recordOf } from "./records";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import type { Stack } from "./stack";
import { until } from "./until";

/** What the intents are at an AMI BIOS. */
const INTENTS: Record<string, (value: unknown) => Settings> = {
  maxReadRequest: (bytes) => ({ PCIS012: `PCIS012${bytes}Bytes` }),
  sriov: (on) => ({ PCIS007: on ? "PCIS007Enabled" : "PCIS007Disabled" }),
};

/** BIOS settings of a server whose BMC is the lab's, of AMI's flavour. It has no secret input. */
export const biosSample: Sample<BmcMachine> = {
  type: "gpudirect:index:Bios",
  plugin: "gpudirect",
  restores: true,
  update: {
    args: { intents: { maxReadRequest: 2048, sriov: false }, attributes: { SETUP003: 5, SETUP005: false } },
    paths: ["attributes.SETUP005", "intents.maxReadRequest"],
  },
  nested: { path: "intents.maxReadRequest", beside: "intents.sriov" },
  thing: (_, machine, suffix) => new BiosSettings(suffix === "other" ? machine.other : machine.server, suffix),
};

class BiosSettings implements Thing {
  readonly args: Args;
  readonly id: string;
  /** All that can be said of it as intents; which attributes are wanted, a program alone says. */
  readonly imported: Args;
  private readonly before: Settings;

  constructor(
    private readonly server: Server,
    private readonly suffix: string,
  ) {
    const { name: host } = server;
    this.id = `${host}/bios/system`;
    const intents = { maxReadRequest: 4096, sriov: false };
    const all = {
      virtualization: true,
      iommu: true,
      acs: true,
      aboveFourG: true,
      ioRelaxedOrdering: false,
      ...intents,
    };
    this.args = { host, intents: suffix === "found" ? all : intents, attributes: { SETUP003: 5 } };
    this.imported = { host, intents: all, need: {}, attributes: {}, restoreOnDelete: true };
    this.before = settingsOf(server.bench).next;
  }

  makeByHand = () => this.write(this.expected(this.args));
  snapshot = (): Settings => settingsOf(this.server.bench).next;
  facts = (): Settings => this.snapshot();
  ownership = () => recordOf("bios", "system", this.server.state);
  lastWrite = () =>
    [...this.server.asked.filter((line) => /^(PATCH|POST .*Bios)/.test(line)), this.ownership()].join("\n");

  expected({ intents, attributes }: Args): Settings {
    const wanted = Object.entries(intents as object).map(([name, value]) => INTENTS[name]?.(value));
    return Object.assign({}, this.before, ...wanted, attributes);
  }

  drift({ nested, beside }: { nested?: boolean; beside?: boolean }): Promise<void> {
    return this.write({
      ...(nested ? INTENTS.maxReadRequest?.(1024) : {}),
      ...(beside ? INTENTS.sriov?.(true) : {}),
    });
  }

  async upToStall(stack: Stack) {
    const { bmc } = this.server.bench;
    stack.resources({ [this.suffix]: resourceOf(biosSample, this.args) });
    const before = JSON.stringify(this.snapshot());
    const up = stack.start("up", "--yes", "--skip-preview");
    await until("the settings are written", () => JSON.stringify(this.snapshot()) !== before);
    bmc.setMode("slow", 250);
    void up.ended.then(() => bmc.setMode("slow", 0));
    return up;
  }

  /** As somebody else writes them over Redfish, those alone that differ. */
  private async write(settings: Settings): Promise<void> {
    const now = this.snapshot();
    const different = Object.entries(settings).filter(([name, value]) => now[name] !== value);
    const { status, text } = await this.server.bench.write(Object.fromEntries(different));
    if (status >= 300) throw new Error(`the BMC refused the settings with ${status}: ${text}`);
  }
}

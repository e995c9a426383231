import type { CardMachine } from "../../lab/engine/support/card-machine";
import { CONNECTX6DX, CONNECTX7, values } from "../../lab/unit/nic/lab-cards";
import { recordOf } from "./records";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import type { Stack } from "./stack";

type Parameters = Readonly<Record<string, string | number>>;

/** Firmware parameters of a simulated adapter. It has no secret input. */
export const nicFirmwareSample: Sample<CardMachine> = {
  type: "gpudirect:index:NicFirmware",
  plugin: "gpudirect",
  restores: true,
  update: {
    args: { parameters: { ATS_ENABLED: 1, NUM_OF_VFS: 32, P2P_ORDERING_MODE: 1 } },
    paths: ["parameters.NUM_OF_VFS", "parameters.P2P_ORDERING_MODE"],
  },
  nested: { path: "parameters.NUM_OF_VFS", beside: "parameters.ATS_ENABLED" },
  thing: (_, machine, suffix) => {
    const { functions } = suffix === "other" ? CONNECTX6DX : CONNECTX7;
    return new Adapter(machine, functions[0] ?? "", suffix);
  },
};

class Adapter implements Thing {
  readonly args: Args;
  readonly id: string;
  /** Which of its hundreds of parameters are wanted, a program alone says. */
  readonly imported: Args;
  private readonly before: Parameters;

  constructor(
    private readonly machine: CardMachine,
    private readonly device: string,
    private readonly suffix: string,
  ) {
    const { name: host } = machine;
    this.id = `${host}/nic/${device}`;
    this.args = { host, device, parameters: { ATS_ENABLED: 1, NUM_OF_VFS: 16 } };
    this.imported = { host, device, parameters: {}, restoreOnDelete: true };
    this.before = this.snapshot();
  }

  makeByHand = (): void => this.set("ATS_ENABLED=1 NUM_OF_VFS=16");
  facts = (): Parameters => this.snapshot();
  ownership = () => recordOf("nic", this.device, this.machine.state);
  lastWrite = () =>
    [...this.machine.host.ran.filter((line) => / (set|reset) /.test(line)), this.ownership()].join("\n");
  expected = ({ parameters }: Args): Parameters => ({ ...this.before, ...(parameters as Parameters) });

  /** Values of the next boot, by number where they have one: `True(1)` is 1. */
  snapshot(): Parameters {
    const stdout = this.machine.host.type(`mstconfig -d ${this.device} query`);
    const rows = Object.entries(values({ stdout, stderr: "", status: 0 }));
    return Object.fromEntries(rows.map(([name, [cell = ""]]) => [name, numberIn(cell)]));
  }

  drift({ nested, beside }: { nested?: boolean; beside?: boolean }): void {
    this.set([...(nested ? ["NUM_OF_VFS=4"] : []), ...(beside ? ["ATS_ENABLED=0"] : [])].join(" "));
  }

  async upToStall(stack: Stack) {
    stack.resources({ [this.suffix]: resourceOf(nicFirmwareSample, this.args) });
    this.machine.holdSet();
    const up = stack.start("up", "--yes", "--skip-preview");
    await this.machine.held();
    void up.ended.then(() => this.machine.letGo());
    return up;
  }

  private set(assignments: string): void {
    this.machine.host.type(`mstconfig -d ${this.device} -y set ${assignments}`);
  }
}

function numberIn(cell: string): string | number {
  const text = /\((\d+)\)$/.exec(cell)?.[1] ?? cell;
  return /^\d+$/.test(text) ? Number(text) : text;
}

import { LocalReach } from "../../provider/reach/local";
import { runOptions } from "../support/reach-subject";

let domains = 0;

/** What a domain of these tests is made of. */
interface DomainParts {
  readonly boot?: { readonly kernel: string; readonly initrd: string; readonly commandLine: string };
  /** Whether it has the agent's channel. */
  readonly channel: boolean;
  readonly memoryMiB: number;
}

const channelXml =
  "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><controller type='usb' model='none'/>";

function xmlOf(name: string, { boot, channel, memoryMiB }: DomainParts): string {
  const kernel = boot
    ? `<kernel>${boot.kernel}</kernel><initrd>${boot.initrd}</initrd><cmdline>${boot.commandLine}</cmdline>`
    : "";
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${memoryMiB}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type>${kernel}</os><features><acpi/></features>
<devices><memballoon model='none'/>${channel ? channelXml : ""}</devices></domain>`;
}

/** A domain that lives as long as a test, driven by virsh. */
export class TestDomain {
  readonly name = `gpudirect-test-${process.pid}-agent-${++domains}`;
  private readonly host = new LocalReach();

  constructor(private readonly parts: DomainParts) {}

  async define(): Promise<void> {
    await this.virsh(["define", "/dev/stdin"], xmlOf(this.name, this.parts));
  }

  async start(): Promise<void> {
    await this.virsh(["start", this.name]);
  }

  async suspend(): Promise<void> {
    await this.virsh(["suspend", this.name]);
  }

  async resume(): Promise<void> {
    await this.virsh(["resume", this.name]);
  }

  /** Ends and removes it, whatever state it is in. */
  async discard(): Promise<void> {
    await this.virsh(["destroy", this.name]).catch(() => undefined);
    await this.virsh(["undefine", this.name]).catch(() => undefined);
  }

  private async virsh(args: string[], input = ""): Promise<void> {
    const { exitCode, stderr } = await this.host.runProgram(["virsh", "-q", ...args], runOptions({ input }));
    if (exitCode !== 0) throw new Error(`virsh ${args.join(" ")}: ${stderr}`);
  }
}

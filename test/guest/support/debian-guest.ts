import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { type CommandResult, hasBanner, runBySsh } from "../../../lab/client/ssh";
import { endOf } from "../../../lab/client/wait-until-up";
import { freePort } from "../../../lab/keeper/free-port";
import { define, discard, domains, stateOf, virsh } from "../../engine/support/virsh";
import { eventually } from "../../support/eventually";
import { FOLDERS, PREFIX, removeAbandoned } from "./abandoned";
import { domainXml } from "./domain-xml";
import { fillGuestFolder, type GuestPaths, guestPaths } from "./guest-folder";
import { guestImage } from "./guest-image";
import { DATA, MANAGEMENT, ROUTE } from "./interfaces";
import type { NetworkOwner } from "./owners";

export interface GuestChoices {
  readonly owner: NetworkOwner;
  /** Of this guest among those of its owner: lower case letters, digits and "-". */
  readonly name: string;
}

/** An emulated boot takes half a minute, on a machine with other work three times that. */
const BOOT_LIMIT_MS = 300_000;
const BANNER_LIMIT_MS = 5000;
/** An sshd that was reached and then cut off is tried anew. */
const TRY_LIMIT_MS = 120_000;

/** Guests that this process has started and not stopped. */
const running = new Set<DebianGuest>();
process.once("exit", () => {
  for (const guest of running) guest.stop();
});
// By default a signal ends a process without the event above.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

interface Kept {
  readonly image: string;
  readonly sshPort: number;
}

/**
 * A Debian 12 guest, booted by the tests' libvirt, whose network has the owner that was asked for: one of four that are
 * all installed. Reached as root by SSH and by the guest agent. Three data NICs (`data`) have static addresses and one static
 * route; `management` has a lease.
 *
 *     const guest = await DebianGuest.start({ owner: "networkd", name: "rings" });   // in before()
 *     await guest.run("ethtool -g enp2s0");
 *     guest.stop();                                                                   // in after()
 *
 * GPUDIRECT_TEST_GUEST_KEEP names a folder: guests of the same owner and name are then taken as they are left, still
 * running, for those who write tests. `virsh undefine`, `virsh destroy` and removing the folder end that.
 */
export class DebianGuest {
  readonly management = MANAGEMENT;
  readonly data = DATA;
  readonly route = ROUTE;
  /** Names of this guest in `hosts()`. */
  readonly bySsh: string;
  readonly byAgent: string;

  private constructor(
    /** Host name of the guest, and its name for ssh. */
    readonly name: string,
    readonly owner: NetworkOwner,
    /** Name of its libvirt domain. */
    readonly domain: string,
    private readonly paths: GuestPaths,
  ) {
    this.bySsh = name;
    this.byAgent = `${name}-agent`;
  }

  /** A guest that has booted, all its units started. */
  static async start({ owner, name }: GuestChoices): Promise<DebianGuest> {
    const keep = process.env.GPUDIRECT_TEST_GUEST_KEEP;
    const full = `${owner.toLowerCase()}-${name}`;
    if (keep) mkdirSync(keep, { recursive: true, mode: 0o755 });
    const folder = keep ? join(keep, full) : mkdtempSync(join(FOLDERS, `${PREFIX}-${process.pid}-`));
    const domain = keep ? `${PREFIX}-kept-${full}` : `${PREFIX}-${process.pid}-${full}`;
    const guest = new DebianGuest(full, owner, domain, guestPaths(folder));
    if (!keep) {
      removeAbandoned();
      running.add(guest);
    }
    try {
      if (!guest.isKept()) await guest.create();
      if (stateOf(domain) !== "running") virsh("start", domain);
      await guest.booted();
      return guest;
    } catch (error) {
      guest.stop();
      throw error;
    }
  }

  /** Runs a command as root by SSH, and returns its standard output. @throws Error where it fails */
  async run(command: string, input = ""): Promise<string> {
    const { status, stdout, stderr } = await this.tryRun(command, input);
    if (status !== 0) throw new Error(`${this.name}: "${command}" ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a command as root by SSH; status 255 is ssh's own failure. All of these share one connection. */
  tryRun(command: string, input = ""): Promise<CommandResult> {
    return runBySsh(this.paths.sharedSshConfig, this.name, command, input);
  }

  /** Ends the connection that commands share: the next one logs in anew. */
  logOut(): void {
    spawnSync("ssh", ["-F", this.paths.sharedSshConfig, "-O", "exit", this.name], { stdio: "ignore" });
  }

  /** The provider's configuration `gpudirect:hosts` for both ways to the guest: `bySsh` and `byAgent`. */
  hosts(): Record<string, object> {
    return {
      [this.bySsh]: { ssh: { address: this.name, configFile: this.paths.sshConfig } },
      [this.byAgent]: { guestAgent: { host: "local", domain: this.domain } },
    };
  }

  /** What came by the serial console since the first boot. */
  get consoleLog(): string {
    return this.paths.consoleLog;
  }

  /** Restarts the guest from inside, and waits until it has booted anew. */
  async reboot(): Promise<void> {
    const before = await this.bootId();
    // The connection may end with the guest's sshd, before the command has ended.
    await this.tryRun("systemctl reboot");
    this.logOut();
    await this.booted(before);
  }

  /** Ends the guest at once, whatever it is doing, and leaves it off. */
  powerCut(): void {
    this.logOut();
    virsh("destroy", this.domain);
  }

  /** Switches a guest on that is off, and waits until it has booted. */
  async powerOn(): Promise<void> {
    virsh("start", this.domain);
    await this.booted();
  }

  /** Ends the guest and removes all that is left of it; a kept one stays as it is. */
  stop(): void {
    this.logOut();
    if (process.env.GPUDIRECT_TEST_GUEST_KEEP) return;
    running.delete(this);
    discard(this.domain);
    rmSync(this.paths.folder, { recursive: true, force: true });
  }

  private async bootId(): Promise<string> {
    return (await this.run("cat /proc/sys/kernel/random/boot_id")).trim();
  }

  private get keptFile(): string {
    return join(this.paths.folder, "guest.json");
  }

  /** Whether an earlier run has left this guest, made of the same image. */
  private isKept(): boolean {
    if (!existsSync(this.keptFile) || !domains().includes(this.domain)) return false;
    const { image } = JSON.parse(readFileSync(this.keptFile, "utf8")) as Kept;
    return image === guestImage().disk;
  }

  private get sshPort(): number {
    return (JSON.parse(readFileSync(this.keptFile, "utf8")) as Kept).sshPort;
  }

  private async create(): Promise<void> {
    const { name, owner, domain, paths } = this;
    discard(domain);
    rmSync(paths.folder, { recursive: true, force: true });
    mkdirSync(paths.folder, { mode: 0o711 });
    const image = guestImage();
    const sshPort = await freePort();
    const environment = await fillGuestFolder(paths, { name, owner, image, sshPort });
    const { overlay, consoleLog } = paths;
    const given = { files: paths.files, services: paths.services };
    define(domainXml({ name: domain, image, overlay, given, consoleLog, sshPort, environment }));
    writeFileSync(this.keptFile, JSON.stringify({ image: image.disk, sshPort } satisfies Kept));
  }

  /**
   * Waits until SSH answers and systemd has started all that it starts.
   * @param before id of the boot that has to be over
   */
  private async booted(before?: string): Promise<void> {
    const port = this.sshPort;
    const ready = async (): Promise<boolean> => {
      if (stateOf(this.domain) !== "running") throw new Error(`${this.domain} is ${stateOf(this.domain)}`);
      if (!(await hasBanner(port, BANNER_LIMIT_MS))) return false;
      const command = "cat /proc/sys/kernel/random/boot_id; systemctl is-system-running --wait";
      const { stdout } = await runBySsh(this.paths.sshConfig, this.name, command, "", TRY_LIMIT_MS);
      const [bootId, state] = stdout.trim().split("\n");
      return state !== undefined && /^(running|degraded)$/.test(state) && bootId !== before;
    };
    try {
      await eventually(`${this.name} has booted`, ready, BOOT_LIMIT_MS);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${endOf(this.consoleLog)}`);
    }
  }
}

import assert from "node:assert/strict";
import { parseReading } from "../../../core/guest/reading";
import { buildGuest, FakeGuest, SHELLS } from "./fake-guest";

const UUID = "5fb06bd0-0bb0-7ffb-45f1-d6edd65f3e03";

describe("who configures an interface", function () {
  this.timeout(30_000);
  let guest: FakeGuest;
  beforeEach(() => {
    guest = new FakeGuest();
    buildGuest(guest);
  });
  afterEach(() => guest.remove());

  const NETWORKD = 'if [ "$*" = "is-active systemd-networkd" ]; then echo active; else echo inactive; exit 3; fi';
  /** Of the adapter of enp35s0np0, whose index is 3. */
  function owner(shell: readonly string[]): unknown {
    const facts = parseReading(guest.observe([], shell)).adapters.get("0000:23:00.0")?.facts;
    return [facts?.owner, facts?.ownerProfile, facts?.netplan].filter((one) => one !== undefined);
  }

  for (const shell of SHELLS) {
    const under = `under ${shell.join(" ")}`;

    it(`is networkd by the file in force ${under}`, () => {
      guest.program("systemctl", NETWORKD);
      guest.file(
        "run/systemd/netif/links/3",
        "# private\nADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/etc/systemd/network/20-rail.network\n",
      );
      assert.deepEqual(owner(shell), ["networkd", "/etc/systemd/network/20-rail.network"]);
      guest.file("run/systemd/netif/links/3", "ADMIN_STATE=unmanaged\nOPER_STATE=off\n");
      assert.deepEqual(owner(shell), ["none"]);
      guest.file("run/systemd/netif/links/3", "ADMIN_STATE=unmanaged\nNETWORK_FILE=/etc/systemd/network/u.network\n");
      assert.deepEqual(owner(shell), ["none"]);
    });

    it(`is not a networkd that does not run, whose files are left ${under}`, () => {
      guest.program("systemctl", "echo inactive; exit 3");
      guest.file("run/systemd/netif/links/3", "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/a.network\n");
      assert.deepEqual(owner(shell), ["none"]);
    });

    it(`is networkd for what netplan renders, under netplan's name ${under}`, () => {
      guest.program("systemctl", NETWORKD);
      guest.file(
        "run/systemd/netif/links/3",
        "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-rail0.network\n",
      );
      assert.deepEqual(owner(shell), ["networkd", "/run/systemd/network/10-netplan-rail0.network", "rail0"]);
    });

    it(`is NetworkManager by its connection ${under}`, () => {
      guest.program(
        "nmcli",
        `echo 'ens3:connected:${UUID.replace("5", "6")}:other'; echo 'enp35s0np0:connected:${UUID}:a\\:b'`,
      );
      assert.deepEqual(owner(shell), ["NetworkManager", UUID]);
      guest.program("nmcli", `echo 'enp35s0np0:connected:${UUID}:netplan-rail0'`);
      assert.deepEqual(owner(shell), ["NetworkManager", UUID, "rail0"]);
      guest.program("nmcli", "echo 'enp35s0np0:disconnected::'");
      assert.deepEqual(owner(shell), ["NetworkManager"]);
    });

    it(`is not a NetworkManager that leaves it alone, mirrors it, or does not run ${under}`, () => {
      guest.program("nmcli", "echo 'enp35s0np0:unmanaged::'");
      assert.deepEqual(owner(shell), ["none"]);
      guest.program("nmcli", `echo 'enp35s0np0:connected (externally):${UUID}:enp35s0np0'`);
      assert.deepEqual(owner(shell), ["none"]);
      guest.program("nmcli", "echo 'Error: NetworkManager is not running.' >&2; exit 8");
      assert.deepEqual(owner(shell), ["none"]);
    });

    it(`is ifupdown by a stanza of a file that is in force ${under}`, () => {
      guest.program("ifup", "exit 0");
      guest.file(
        "etc/network/interfaces.d/rails",
        "auto enp35s0np0\niface enp35s0np0 inet static\n  address 10.0.0.1/24\n",
      );
      guest.file("etc/network/interfaces", "# source nothing\nauto lo\niface lo inet loopback\n");
      assert.deepEqual(owner(shell), ["none"], "nothing sources the file");
      guest.file("etc/network/interfaces", "source /etc/network/interfaces.d/*\niface lo inet loopback\n");
      assert.deepEqual(owner(shell), ["ifupdown", "/etc/network/interfaces.d/rails"]);
      guest.file("etc/network/interfaces", "source-directory interfaces.d\n");
      assert.deepEqual(owner(shell), ["ifupdown", "/etc/network/interfaces.d/rails"]);
    });

    it(`is ifupdown by the stanza that an interface was brought up as ${under}`, () => {
      guest.program("ifup", "exit 0");
      guest.file("etc/network/interfaces", "iface rail inet dhcp\n");
      assert.deepEqual(owner(shell), ["none"]);
      guest.file("run/network/ifstate", "lo=lo\nenp35s0np0=rail\n");
      assert.deepEqual(owner(shell), ["ifupdown", "/etc/network/interfaces"]);
    });
  }

  it("is nobody where stanzas are left of an ifupdown that is gone", () => {
    guest.file("etc/network/interfaces", "iface enp35s0np0 inet dhcp\n");
    assert.deepEqual(owner(["dash"]), ["none"]);
  });
});

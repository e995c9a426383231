import { deepEqual } from "node:assert/strict";
import type { PlainObject } from "../../../core/diff/plain";
import { connection } from "../../../provider/inventory/shapes";
import { checkShape } from "../../../provider/protocol/check";
import { checked, problemsOf } from "./checked";
import { keys } from "./keys";

const withSsh = (ssh: PlainObject) => ({ hosts: { node7: { ssh: { address: "10.0.0.7", ...ssh } } } });
const withBmc = (bmc: PlainObject) => ({
  hosts: { local: { bmc: { address: "https://10.0.0.7", user: "admin", password: "x", ...bmc } } },
});

describe("shape of the provider's configuration", () => {
  it("fills in defaults", () => {
    deepEqual(checked({}), { config: { hosts: {}, takeOverFrom: [] }, problems: [] });
    deepEqual(checked(withSsh({})), {
      config: {
        hosts: { node7: { ssh: { address: "10.0.0.7", connectTimeoutSeconds: 15, sudo: true } } },
        takeOverFrom: [],
      },
      problems: [],
    });
  });

  const good: PlainObject[] = [
    { address: "node7.example.com", user: "CORP\\ops", password: "p4ss wörd", privateKey: keys.plain },
    { address: "fe80::1%eth0", port: 2222, user: "ops@corp.example" },
    { address: "gpu_node", privateKey: keys.openssh, hostKeys: [keys.host, `${keys.host} root@node7`] },
    { privateKey: `\r\n${keys.openssh.replaceAll("\n", "\r\n")}` },
    { jump: "bastion", configFile: "~/.ssh/gpu config", connectTimeoutSeconds: 600, sudo: false },
    { jump: "ops@bastion:22,[fd00::1]:2222,ssh://last.example:22", configFile: "/etc/ssh/gpu" },
  ];
  for (const ssh of good) {
    it(`takes ssh with ${Object.keys(ssh)} (${ssh.address ?? ssh.jump ?? "key"})`, () => {
      deepEqual(problemsOf(withSsh(ssh)), {});
    });
  }

  const host =
    'Must be a host name, an IP address or a Host of the ssh configuration: letters, digits, ".", "_", "-", ":", "%", and no "-" in front.';
  const user = 'Must be a user name: letters, digits and "_.+@\\-", and no "-" in front.';
  const jump = 'Must be jump hosts as ssh -J takes them, separated by commas: "user@bastion:22".';
  const path = 'Must be an absolute path, or begin with "~/".';
  const control = "Must hold no line breaks or other control characters; was it read from a file?";
  const passphrase =
    "Is protected by a passphrase; give a copy without (ssh-keygen -p), or leave it out and load the key into the ssh agent.";
  const wholeKey = 'Must be a whole private key in OpenSSH or PEM format, from "-----BEGIN" to "-----END … KEY-----".';
  const isPublic = "Is a public key; give the private one, from the file without .pub.";
  const isPath = "Is a path; give the text of the file, such as readFileSync(path, 'utf8').";
  const hostKey =
    'Must be a public host key like "ssh-ed25519 AAAA…", as ssh-keyscan prints it, without the host\'s name.';
  const wrong: [field: string, value: unknown, message: string][] = [
    ["address", "", "Must not be empty."],
    ["address", "-oProxyCommand=reboot", host],
    ["address", "node7 -v", host],
    ["address", "node7\nx", host],
    ["address", "$(reboot)", host],
    ["address", "a".repeat(256), host],
    ["address", "root@node7", "Must be the address alone; the user goes into user."],
    ["address", "node7:22", "Must be the address alone; the port goes into port."],
    ["address", "[fe80::1]", "Must be without brackets."],
    ["address", 7, "Must be a string, not a number."],
    ["port", 0, "Must be at least 1."],
    ["port", 65_536, "Must be at most 65535."],
    ["port", 22.5, "Must be a whole number, not a fraction."],
    ["user", "-l", user],
    ["user", "", user],
    ["user", "ops;reboot", user],
    ["user", "two words", user],
    ["password", "", "Must not be empty."],
    ["password", "secret\n", control],
    ["privateKey", "ssh-ed25519 AAAAC3Nz ops@node", isPublic],
    ["privateKey", keys.publicPem, isPublic],
    ["privateKey", keys.encrypted, passphrase],
    ["privateKey", keys.encryptedOpenssh, passphrase],
    ["privateKey", keys.encryptedRfc1421, passphrase],
    ["privateKey", "~/.ssh/id_ed25519", isPath],
    ["privateKey", "/root/.ssh/id_rsa", isPath],
    ["privateKey", keys.plain.slice(0, 60), wholeKey],
    ["privateKey", "", wholeKey],
    [
      "privateKey",
      keys.putty,
      "Is in PuTTY's format; export it as OpenSSH key: puttygen KEY.ppk -O private-openssh-new -o KEY.",
    ],
    ["hostKeys", [], "Must name a key; leave it out to have host keys checked against known_hosts."],
    ["hostKeys", keys.host, "Must be a list, not a string."],
    ["hostKeys[0]", [`node7 ${keys.host}`], hostKey],
    ["hostKeys[0]", [keys.mixedUpHost], hostKey],
    ["hostKeys[0]", [`${keys.host}\nssh-rsa AAAA`], hostKey],
    ["hostKeys[0]", ["ssh-ed25519 AAAA"], hostKey],
    ["jump", "-oProxyCommand=reboot", jump],
    ["jump", "bastion -v", jump],
    ["jump", "bastion,", jump],
    ["jump", "fd00::1", jump],
    ["configFile", "ssh_config", path],
    ["configFile", "-v", path],
    ["configFile", "/etc/a\nb", "Must hold no control characters."],
    ["connectTimeoutSeconds", 601, "Must be at most 600."],
    ["sudo", "yes", "Must be a boolean, not a string."],
    ["passwort", "x", "There is no such field; did you mean password?"],
  ];
  for (const [field, value, message] of wrong) {
    it(`refuses ssh ${field} ${JSON.stringify(value).slice(0, 40)}`, () => {
      const key = field.replace(/\[.*/, "");
      deepEqual(problemsOf(withSsh({ [key]: value })), { [`hosts.node7.ssh.${field}`]: message });
    });
  }

  it("takes a BMC by https, by http on this machine alone, with a pinned certificate", () => {
    const pair = "A1";
    for (const bmc of [
      { address: "https://bmc7.example:8443/redfish/v1" },
      { address: "http://127.0.0.1:8000" },
      { address: "http://[::1]:8000" },
      { certificateSha256: Array(32).fill(pair).join(":") },
      { certificateSha256: pair.toLowerCase().repeat(32) },
      { caCertificates: keys.certificate },
      { caCertificates: `Subject: test CA\r\n${keys.certificate.replaceAll("\n", "\r\n")}\n\n${keys.certificate}\n` },
      { verifyCertificate: false },
    ]) {
      deepEqual(problemsOf(withBmc(bmc)), {});
    }
  });

  const url = 'Must be the https URL of the Redfish service, such as "https://10.0.0.7".';
  const plain =
    "Must begin with https: by http the password would cross the network in plain; http is for loopback addresses.";
  const fingerprint = "Must be a SHA-256 fingerprint: 64 hexadecimal digits, colons between bytes allowed.";
  const pem =
    'Must be certificates in PEM format, each whole, from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----".';
  const unreadable = "Has as its certificate number 2 one that cannot be read; was it cut?";
  const wrongBmc: [field: string, value: unknown, message: string][] = [
    ["address", "10.0.0.7", url],
    ["address", "ftp://10.0.0.7", url],
    ["address", " https://10.0.0.7", url],
    ["address", "https://10.0.0.7?x", url],
    ["address", "http://10.0.0.7", plain],
    ["address", "http://127.0.0.1.example.com", plain],
    ["address", "https://admin:x@10.0.0.7", "Must hold no user or password; they go into user and password."],
    ["user", "ad:min", "Must be a user name without blanks and colons."],
    ["password", "a\u0000", control],
    ["certificateSha256", "A1:B2", fingerprint],
    ["caCertificates", "", pem],
    ["caCertificates", `${keys.certificate}\n-----BEGIN CERTIFICATE-----\nMIIB`, pem],
    ["caCertificates", `${keys.certificate}\n${keys.plain}`, "Holds a private key; give certificates alone."],
    ["caCertificates", "/etc/ssl/bmc-ca.pem", isPath],
    ["caCertificates", `${keys.certificate}\n${keys.certificate.replace(/\n.{20}/, "\nAAAA")}`, unreadable],
    ["verifyCertificate", "no", "Must be a boolean, not a string."],
  ];
  for (const [field, value, message] of wrongBmc) {
    it(`refuses bmc ${field} ${JSON.stringify(value)}`, () => {
      deepEqual(problemsOf(withBmc({ [field]: value })), { [`hosts.local.bmc.${field}`]: message });
    });
  }

  it("refuses a BMC whose certificate is to be checked and not to be checked", () => {
    for (const [given, value] of [
      ["certificateSha256", "A1".repeat(32)],
      ["caCertificates", keys.certificate],
    ] as const) {
      deepEqual(problemsOf(withBmc({ verifyCertificate: false, [given]: value })), {
        "hosts.local.bmc": `Has verifyCertificate false, which accepts any certificate, and ${given}, which names what to accept; leave one of the two out.`,
      });
    }
  });

  it("refuses what cannot be a name, a domain, a libvirt connection or a stack", () => {
    const name =
      'The key is not allowed: it must be 1 to 63 letters, digits, ".", "_" or "-", and begin with a letter, a digit or "_".';
    const entry = { ssh: { address: "a" } };
    deepEqual(
      problemsOf({ hosts: { "a/b": entry, "-v": entry, ".": entry, "": entry, ["x".repeat(64)]: entry } }),
      Object.fromEntries(
        ['["a/b"]', '["-v"]', '["."]', '[""]', `.${"x".repeat(64)}`].map((key) => [`hosts${key}`, name]),
      ),
    );
    deepEqual(
      problemsOf({
        hosts: { local: { libvirtUri: "-c x" }, vm: { guestAgent: { host: "local", domain: "--help" } } },
        takeOverFrom: ["train", "train/dev", "org/train/dev", 5],
        host: {},
      }),
      {
        "hosts.local.libvirtUri": 'Must be a libvirt URI such as "qemu:///system".',
        "hosts.vm.guestAgent.domain": 'Must not begin with "." or "-".',
        "takeOverFrom[0]": 'Must be a stack as "project/stack".',
        "takeOverFrom[2]": 'Must be a stack as "project/stack".',
        "takeOverFrom[3]": "Must be a string, not a number.",
        host: "There is no such field; did you mean hosts?",
      },
    );
  });

  it("takes a connection by one way", () => {
    const problems = (value: PlainObject) => checkShape(connection, value).problems;
    const [ssh, guestAgent] = [{ address: "a" }, { host: "local", domain: "vm" }];
    deepEqual(problems({ ssh }), []);
    deepEqual(problems({ guestAgent, libvirtUri: "test:///default" }), []);
    deepEqual(problems({}), [{ path: "", message: "Needs ssh or guestAgent: how the machine is reached." }]);
    deepEqual(problems({ ssh, guestAgent }), [
      { path: "", message: "Has both ssh and guestAgent; keep the one that the machine is to be reached by." },
    ]);
    deepEqual(problems({ ssh, bmc: { address: "https://10.0.0.7", user: "admin", password: "x" } }), []);
    deepEqual(
      problems({ ssh, bmc: {}, mbc: {} }).map(({ path }) => path),
      ["bmc.address", "bmc.user", "bmc.password", "mbc"],
    );
  });
});

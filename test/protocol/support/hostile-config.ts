import { oneOf } from "./hostile-draw";
import { put } from "./hostile-places";
import type { Subject } from "./hostile-subject";

const KEY = [
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  // An unencrypted key begins so: magic, cipher "none", key derivation "none". The rest is made up.
  Buffer.concat([
    Buffer.from("openssh-key-v1\0", "latin1"),
    ...["none", "none", ""].flatMap((text) => [Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]),
    Buffer.alloc(60, 7),
  ]).toString("base64"),
  "-----END OPENSSH PRIVATE KEY-----",
  "",
].join("\n");

const ed25519 = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.alloc(36, 1)]);

const sample = {
  hosts: {
    node7: {
      ssh: {
        address: "10.0.0.7",
        port: 22,
        user: "root",
        password: "hunter22",
        privateKey: KEY,
        hostKeys: [`ssh-ed25519 ${ed25519.toString("base64")}`],
        jump: "me@bastion:22",
        configFile: "~/.ssh/other",
        connectTimeoutSeconds: 20,
        sudo: false,
      },
      bmc: { address: "https://10.0.1.7", user: "admin", password: "calvin22" },
      libvirtUri: "qemu:///system",
    },
    "train-0": { guestAgent: { host: "node7", domain: "train-0" } },
  },
  takeOverFrom: ["infra/prod"],
};

const NONE = /(?!)/;

/** The provider's configuration. */
export const configuration: Subject = {
  name: "configuration",
  samples: [sample, { hosts: { a: { ssh: { address: "a" } } } }],
  objects: ["hosts.*", "hosts.*.ssh", "hosts.*.bmc", "hosts.*.guestAgent"],
  maps: { hosts: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/ },
  required: [
    "hosts.*.ssh.address",
    "hosts.*.bmc.address",
    "hosts.*.bmc.user",
    "hosts.*.bmc.password",
    "hosts.*.guestAgent.host",
    "hosts.*.guestAgent.domain",
  ],
  texts: {
    "hosts.*.ssh.address": /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,254}$/,
    "hosts.*.ssh.user": /^[A-Za-z0-9_][A-Za-z0-9_.+@\\-]{0,255}$/,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a password must hold none
    "hosts.*.ssh.password": /^[^\x00-\x1f\x7f]+$/,
    "hosts.*.ssh.privateKey": NONE,
    "hosts.*.ssh.hostKeys.*": NONE,
    "hosts.*.ssh.jump": /^[A-Za-z0-9_.@:,[\]/%+\\-]{1,1024}$/,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a path must hold none
    "hosts.*.ssh.configFile": /^(~\/|\/)[^\x00-\x1f\x7f]+$/,
    "hosts.*.bmc.address": /^https/,
    "hosts.*.bmc.user": /^[^\s:]{1,256}$/,
    "hosts.*.guestAgent.host": NONE,
    "hosts.*.guestAgent.domain": /^[A-Za-z0-9_.+:@-]{1,200}$/,
    "hosts.*.libvirtUri": /^[a-z][a-z0-9+.-]*:\/\//,
    "takeOverFrom.*": NONE,
  },
  integers: { "hosts.*.ssh.port": [1, 65_535], "hosts.*.ssh.connectTimeoutSeconds": [1, 600] },
  unions: [],
  json: true,
  nonsense: {
    "this machine by ssh": (inputs, draw) => {
      const way = oneOf(draw, [{ ssh: { address: "x" } }, { guestAgent: { host: "a", domain: "d" } }]);
      return { inputs: put(inputs, ["hosts", "local"], way), at: [["hosts", "local"]] };
    },
    "a machine with no way to it, or two": (inputs, draw) => {
      const ssh = { address: "x" };
      const guestAgent = { host: "local", domain: "d" };
      const keys = ["hosts", "x"];
      return { inputs: put(inputs, keys, oneOf(draw, [{}, { ssh, guestAgent }])), at: [keys] };
    },
    "a guest on no machine": (inputs, draw) => {
      const keys = ["hosts", "g"];
      const host = oneOf(draw, ["nowhere", "g", "constructor", "__proto__", "Local"]);
      return {
        inputs: put(inputs, keys, { guestAgent: { host, domain: "d" } }),
        at: [[...keys, "guestAgent", "host"]],
      };
    },
    "guests within guests": (inputs) => {
      const guest = (host: string) => ({ guestAgent: { host, domain: "d" } });
      const wrong = put(put(inputs, ["hosts", "g1"], guest("g2")), ["hosts", "g2"], guest("g1"));
      return { inputs: wrong, at: [["hosts", "g1", "guestAgent", "host"]] };
    },
    "a BMC in plain, or with its password in the URL": (inputs, draw) => {
      const address = oneOf(draw, ["http://10.0.1.7", "https://u:p4ssw0rd@10.0.1.7", "ftp://x", "https://a?b", "//x"]);
      const keys = ["hosts", "a", "bmc"];
      const wrong = put(inputs, keys, { address, user: "u", password: "hunter22" });
      return { inputs: put(wrong, ["hosts", "a", "ssh"], { address: "x" }), at: [[...keys, "address"]] };
    },
  },
};

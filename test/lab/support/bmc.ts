import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { LabHost } from "../../../lab/client/lab-host";
import { PythonClients } from "../bmc-clients/support/python-clients";

interface User {
  readonly userName: string;
  readonly password: string;
  readonly roleId: string;
}

export interface BmcAccess {
  readonly url: string;
  readonly certificateFile: string;
  readonly user: User;
}

export async function bmcOf(host: LabHost): Promise<BmcAccess> {
  const { bmc } = await host.status();
  const users = JSON.parse(readFileSync(bmc.passwordFile, "utf8")) as User[];
  const user = users.find(({ userName }) => userName === bmc.user);
  if (!user) throw new Error(`${bmc.passwordFile} has no user ${bmc.user}`);
  return { url: bmc.address, certificateFile: bmc.certificateFile, user };
}

/** Sets BIOS attributes and resets the system by OpenStack's sushy. */
export async function setBiosBySushy(host: LabHost, attributes: Record<string, string>): Promise<void> {
  const { url, certificateFile, user } = await bmcOf(host);
  const clients = await PythonClients.ready();
  const task = { url, certificateFile, userName: user.userName, password: user.password, attributes };
  const script = join(__dirname, "set-bios.py");
  const { code, stderr } = await clients.python([script], certificateFile, JSON.stringify(task));
  if (code !== 0) throw new Error(`sushy ended with ${code}:\n${stderr}`);
}

/** GET with the administrator's password: status and body; rejects where the connection breaks or is not trusted. */
export function redfishGet(host: LabHost, path: string): Promise<Answer> {
  return ask(host, "GET", path);
}

/** Sets BIOS attributes for the next boot, as somebody does by the BMC's own interface. */
export async function setPendingBios(host: LabHost, attributes: Record<string, unknown>): Promise<void> {
  const bios = JSON.parse((await redfishGet(host, "/redfish/v1/Systems/Self/Bios")).text);
  const path = bios["@Redfish.Settings"].SettingsObject["@odata.id"];
  const { status, text } = await ask(host, "PATCH", path, { Attributes: attributes });
  if (status >= 300) throw new Error(`PATCH of ${path} ended with ${status}:\n${text}`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(host: LabHost, method: string, path: string, body?: object): Promise<Answer> {
  const { url, certificateFile, user } = await bmcOf(host);
  const authorization = `Basic ${Buffer.from(`${user.userName}:${user.password}`).toString("base64")}`;
  // Some BMCs want If-Match with each PATCH; any version will do.
  const headers = { authorization, ...(body ? { "content-type": "application/json", "if-match": "*" } : {}) };
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(certificateFile), agent: false as const, headers, method };
    const sent = request(`${url}${path}`, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("error", reject).on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end(body && JSON.stringify(body));
  });
}

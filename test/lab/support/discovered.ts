import assert from "node:assert/strict";
import { parseHostFile } from "../../../core/topology/host-file";
import type { LabHost } from "../../../lab/client/lab-host";
import { distances, treeRows } from "./compare-trees";
import { gpudirect } from "./gpudirect";
import { hostFile, type LabHostFile } from "./hosts";

/** The tree that `gpudirect discover` reads over SSH is the host file's, addresses through the map that the lab prints. */
export async function assertDiscovered(host: LabHost, file: LabHostFile): Promise<void> {
  const { ssh, addresses } = await host.status();
  const text = await gpudirect("discover", `ssh://${host.name}`, "--ssh-config", ssh.configFile);
  const inFile = new Map(Object.entries(addresses).map(([address, simulated]) => [simulated, address]));
  const wanted = hostFile(file);
  const found = parseHostFile(text);
  const wantedRows = treeRows(wanted, (address) => address);
  assert.ok(wantedRows.length > 30, "the host file has a tree");
  assert.deepEqual(
    treeRows(found, (address) => inFile.get(address), wantedRows),
    wantedRows,
  );
  assert.deepEqual(distances(found), distances(wanted));
}

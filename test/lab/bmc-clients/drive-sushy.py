"""Drives a BMC with OpenStack's sushy: reads the system, sets a BIOS attribute, resets, reads it again."""

import json
import sys

import sushy
from sushy import auth
from sushy.resources import settings

task = json.load(sys.stdin)
root = sushy.Sushy(
    task["url"],
    auth=auth.SessionOrBasicAuth(username=task["userName"], password=task["password"]),
    verify=task["certificateFile"],
)
system = root.get_system(task["system"])
seen = {"power": [system.power_state.value], "manufacturer": system.manufacturer}
system.reset_system(sushy.ResetType.ON)
system.refresh(force=True)
seen["power"].append(system.power_state.value)

bios = system.bios
registry = bios.get_attribute_registry()
seen["registered"] = task["attribute"] in [entry.name for entry in registry.registry_entries.attributes]
seen["before"] = bios.attributes[task["attribute"]]
bios.set_attribute(task["attribute"], task["value"], sushy.ApplyTime.ON_RESET if task["applyTime"] else None)
seen["pending"] = bios.pending_attributes[task["attribute"]]
system.reset_system(sushy.ResetType.FORCE_RESTART)
bios.refresh(force=True)
seen["after"] = bios.attributes[task["attribute"]]
seen["succeeded"] = bios.update_status.status == settings.UPDATE_SUCCESS
seen["messages"] = [message.message_id.split(".")[-1] for message in bios.update_status.messages]

system.set_system_boot_options(sushy.BootSource.PXE, sushy.BootSourceOverrideEnabled.ONCE)
system.refresh(force=True)
seen["boot"] = [system.boot.target.value, system.boot.enabled.value]
print(json.dumps(seen))

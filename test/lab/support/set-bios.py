"""Sets BIOS attributes of a server with OpenStack's sushy, and resets it."""

import json
import sys

import sushy
from sushy import auth

task = json.load(sys.stdin)
root = sushy.Sushy(
    task["url"],
    auth=auth.SessionOrBasicAuth(username=task["userName"], password=task["password"]),
    verify=task["certificateFile"],
)
system = root.get_system_collection().get_members()[0]
if task["attributes"]:
    system.bios.set_attributes(task["attributes"])
system.reset_system(sushy.ResetType.FORCE_RESTART)
